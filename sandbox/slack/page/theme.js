// Light or dark: the system's choice until somebody chooses.

import { changed } from "/page/store.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

export const currentTheme = () => localStorage.getItem("theme") ?? (dark.matches ? "dark" : "light");

export function applyTheme() {
  document.documentElement.dataset.theme = currentTheme();
}

export function toggleTheme() {
  localStorage.setItem("theme", currentTheme() === "dark" ? "light" : "dark");
  applyTheme();
  changed();
}

dark.addEventListener("change", () => {
  applyTheme();
  changed();
});
