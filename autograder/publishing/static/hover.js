// Shows what a link leads to while the pointer rests on it, or while it has the focus.
// Escape closes it; the pointer may move onto it. Without this script links are just links.
(() => {
  const root = new URL(document.documentElement.dataset.content_root || "./", location.href);
  const WAIT = 250;
  let box, owner, timer, loading;

  const load = () =>
    (loading ??= new Promise((done) => {
      const script = document.createElement("script");
      script.src = new URL("_static/previews.js", root);
      script.onload = () => done(window.handgradPreviews);
      script.onerror = () => done({});
      document.head.append(script);
    }));

  const addressOf = (link) =>
    link.href.startsWith(root.href) ? decodeURI(link.href.slice(root.href.length)) : "";

  const close = () => {
    clearTimeout(timer);
    owner?.removeAttribute("aria-describedby");
    box?.remove();
    box = owner = undefined;
  };

  const place = (link) => {
    const at = link.getClientRects()[0];
    const { width, height } = box.getBoundingClientRect();
    const left = Math.max(8, Math.min(at.left, document.documentElement.clientWidth - width - 8));
    const below = at.bottom + height + 8 < innerHeight || at.top < height;
    box.style.left = `${left + scrollX}px`;
    box.style.top = `${(below ? at.bottom : at.top - height) + scrollY}px`;
  };

  const open = async (link) => {
    const shown = (await load())[addressOf(link)];
    if (!shown || !link.matches(":hover, :focus")) return;
    close();
    owner = link;
    box = document.createElement("div");
    box.className = "preview";
    box.id = "preview";
    box.role = "tooltip";
    box.innerHTML = shown;
    document.body.append(box);
    link.setAttribute("aria-describedby", box.id);
    place(link);
  };

  const later = (action, wait) => {
    clearTimeout(timer);
    timer = setTimeout(action, wait);
  };
  const linkOf = (event) => event.target.closest?.("article a[href]");

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const link = linkOf(event);
    if (link) later(() => link === owner || open(link), WAIT);
    else if (event.target.closest?.(".preview")) clearTimeout(timer);
    else later(close, WAIT);
  });
  document.addEventListener("focusin", (event) => {
    const link = linkOf(event);
    if (link?.matches(":focus-visible")) later(() => open(link), WAIT);
    else later(close, 0);
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && close());
})();
