"""Text that tries to run in the page that shows it, and text that only wants to be read."""

from __future__ import annotations

import base64
from typing import Any

PNG = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
        "0000000a49444154789c636000000002000148afa4710000000049454e44ae426082"
    )
).decode()
STUDENT = "eve\"'<img src=x onerror=pwned(0)>"

MARKDOWN = {
    "script": "<script>pwned()</script>",
    "script in a paragraph": "words <script>pwned()</script> words",
    "script in upper case": "<SCRIPT SRC=//pwned.example/x.js></SCRIPT>",
    "image with onerror": "<img src=x onerror=pwned()>",
    "image with a slash": "<img/src=x/onerror=pwned()>",
    "remote image": "![picture](https://pwned.example/a.png)",
    "javascript link": "[link](javascript:pwned())",
    "javascript link in HTML": "<a href='javascript:pwned()'>link</a>",
    "javascript link by entities": "<a href='&#106;ava&Tab;script:pwned()'>link</a>",
    "javascript behind a control character": "<a href='\x01javascript:pwned()'>link</a>",
    "javascript behind files": "[link](files/javascript:pwned())",
    "javascript behind files in HTML": "<a href='files/javascript:pwned()'>link</a>",
    "data link": "<a href='data:text/html,<script>pwned()</script>'>link</a>",
    "relative link": "[my page](pwned.html)",
    "svg": "<svg onload=pwned()><script>pwned()</script></svg>",
    "svg in a picture": "<img src='data:image/svg+xml,<svg onload=pwned()>'>",
    "iframe": "<iframe src='javascript:pwned()' srcdoc='<script>pwned()</script>'></iframe>",
    "object": "<object data='javascript:pwned()'></object><embed src='//pwned.example'>",
    "style": "<style>body { background: url(//pwned.example) }</style>",
    "style attribute": "<p style='position: fixed; background: url(//pwned.example)'>words</p>",
    "link element": "<link rel=stylesheet href=//pwned.example><base href=//pwned.example>",
    "meta": "<meta http-equiv=refresh content='0; url=javascript:pwned()'>",
    "form": "<form action=javascript:pwned()><button formaction=javascript:pwned()>b</button>",
    "details": "<details open ontoggle=pwned()><summary>s</summary>words</details>",
    "mathml": "<math><mtext><table><mglyph><style><img src=x onerror=pwned()></math>",
    "noscript": "<noscript><p title='</noscript><img src=x onerror=pwned()>'></noscript>",
    "comment": "<!--><img src=x onerror=pwned()>-->",
    "unclosed": "<img src=x onerror=pwned() alt='",
    "textarea": "<textarea></p><img src=x onerror=pwned()></textarea>",
    "autolink": "<javascript:pwned()>",
    "alt text": '![" onerror=pwned() x="](attachment:a.png)',
    "code fence": "```html onload=pwned()\n<script>pwned()</script>\n```",
    "nested quotes": ">" * 3000 + " pwned()",
    "nested elements": "<div>" * 3000 + "pwned()",
    "formula": "$<img src=x onerror=pwned()>$ $$</span><script>pwned()</script>$$",
}
OUTPUTS: dict[str, dict[str, Any]] = {
    "html": {"data": {"text/html": "<script>pwned()</script><img src=x onerror=pwned()>"}},
    "isolated html": {
        "data": {"text/html": "<script>pwned()</script>"},
        "metadata": {"text/html": {"isolated": True}},
    },
    "javascript": {"data": {"application/javascript": "pwned()"}},
    "svg": {"data": {"image/svg+xml": "<svg onload='pwned()'><script>pwned()</script></svg>"}},
    "latex": {"data": {"text/latex": "<img src=x onerror=pwned()> $x$"}},
    "markdown": {"data": {"text/markdown": "<script>pwned()</script> [a](javascript:pwned())"}},
    "text": {"data": {"text/plain": "\x1b[31m<script>pwned()</script>\x1b[0m"}},
    "widget": {"data": {"application/vnd.jupyter.widget-view+json": {"model_id": "pwned"}}},
    "mermaid": {"data": {"text/vnd.mermaid": "<script>pwned()</script>"}},
    "picture": {"data": {"image/png": "'\"><script>pwned()</script>"}},
    "stream": {
        "output_type": "stream",
        "name": "stdout",
        "text": "<script>pwned()</script> \x1b[1;31m<img src=x onerror=pwned()>\x1b[48;2;1;2;3m",
    },
    "error": {
        "output_type": "error",
        "ename": "<script>pwned()</script>",
        "evalue": "<img src=x onerror=pwned()>",
        "traceback": ["\x1b[31m<script>pwned()</script>", "<img src=x onerror=pwned()>"],
    },
}
ORDINARY = """## A heading

- one
- two with *stress*, **strength** and `code < 3`

| name | value |
|:-----|------:|
| a    | 1     |

```python
if 1 < 2 and True:
    pass
```

Where $a < b$ and $$\\begin{aligned} x &= y \\\\ y &< z \\end{aligned}$$ it holds & is < fine.

![picture](attachment:a.png) [site](https://example.org/a?b=1&c=2) <sub>low</sub>

<details><summary>Hint</summary>

Folded.

</details>
"""
