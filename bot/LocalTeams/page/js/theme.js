import { el, icon } from './dom.js';

const system = matchMedia('(prefers-color-scheme: dark)');
const kept = 'local-teams-theme';
const sun = 'M10 3V1.5M10 18.5V17M3 10H1.5M18.5 10H17M5 5 4 4M16 16l-1-1M5 15l-1 1M16 4l-1 1M10 6.2a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.6Z';
const moon = 'M16.5 12.3A7 7 0 0 1 7.7 3.5a7 7 0 1 0 8.8 8.8Z';

export const isDark = () => document.documentElement.dataset.theme === 'dark';

/** Follows the system until somebody presses the button; then remembers the choice on this browser. */
export function startTheme(button, changed) {
  const apply = () => {
    document.documentElement.dataset.theme = localStorage.getItem(kept) ?? (system.matches ? 'dark' : 'light');
    button.replaceChildren(icon(isDark() ? sun : moon));
    button.ariaLabel = button.title = isDark() ? 'Light theme' : 'Dark theme';
    changed();
  };
  system.addEventListener('change', apply);
  button.addEventListener('click', () => {
    localStorage.setItem(kept, isDark() ? 'light' : 'dark');
    apply();
  });
  apply();
}
