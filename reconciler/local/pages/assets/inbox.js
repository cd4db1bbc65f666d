const list = document.getElementById("messages");
const open = () => [...list.querySelectorAll("details[open]")].map((d) => d.id);
const renew = async () => {
  if (document.hidden || list.contains(document.activeElement)) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("messages");
    if (fresh && fresh.dataset.newest !== list.dataset.newest) {
      const kept = open();
      list.innerHTML = fresh.innerHTML;
      list.dataset.newest = fresh.dataset.newest;
      for (const id of kept) document.getElementById(id)?.setAttribute("open", "");
    }
  } catch { /* the server is restarting */ }
};
setInterval(renew, 2000);
