for (const button of document.querySelectorAll(".peek")) {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.textContent = shown ? "Hide" : "Show";
    button.setAttribute("aria-pressed", String(shown));
  });
}
for (const list of document.querySelectorAll("[data-checks]")) {
  const input = document.getElementById(list.dataset.checks);
  const check = () => {
    for (const item of list.children) {
      const good = new RegExp(item.dataset.pattern).test(input.value);
      const bad = !good && input.value !== "";
      item.classList.toggle("yes", good);
      item.classList.toggle("no", bad);
      item.classList.toggle("passwordCheck-valid-customizable", good);
      item.classList.toggle("passwordCheck-notValid-customizable", bad);
      item.querySelector(".unseen").textContent = good ? "(fulfilled)" : "(not fulfilled)";
    }
  };
  input.addEventListener("input", check);
  check();
}
