// The way from one page to another on a phone: the button, the section, the page.
await open("docs/walkthrough.html");
await size(390);
const seen = (element) => element.checkVisibility({ visibilityProperty: true });
const shown = () => [...page.querySelectorAll("a")].filter(seen);
const link = () => shown().find((element) => element.textContent.trim() === "The embedded Cognito");
const menu = page.querySelector(".primary-toggle");
found.push({ step: "closed", menu: seen(menu), link: Boolean(link()) });
menu.click();
await until(link);
found.push({ step: "open", link: Boolean(link()), sections: shown().map((element) => element.textContent.trim()) });
link().click();
const path = () => frame.contentWindow.location.pathname;
await until(() => path().endsWith("/local.html"));
found.push({ step: "reached", path: path() });
