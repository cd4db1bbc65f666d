// What the button of the first block of commands copies.
await open("docs/index.html");
await size(1280);
await until(() => page.querySelector(".highlight-sh .copy"));
let text = "";
Object.defineProperty(frame.contentWindow.navigator, "clipboard", {
  value: { writeText: async (given) => (text = given) },
});
const button = page.querySelector(".highlight-sh .copy");
button.click();
await until(() => button.textContent === "Copied");
found.push({ label: button.textContent, text, printed: page.querySelectorAll(".highlight-text .copy").length });
