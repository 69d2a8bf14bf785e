// What the search shows of a place it has found: of a term its definition, of a symbol its uses.
Search.htmlToText = (html, anchor) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const one of page.querySelectorAll("h1, .headerlink, .page-head, script")) one.remove();
  const place = anchor ? page.getElementById(decodeURIComponent(anchor.slice(1))) : null;
  const term = place?.closest("dt")?.nextElementSibling;
  const shown = term ?? place?.closest("dd, .symbol, section") ?? page.querySelector("article");
  return shown?.textContent.replace(/\s+/g, " ") || " ";
};
