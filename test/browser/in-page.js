'use strict';
// What the page tests ask inside the browser; put into the page before its own scripts run.
globalThis.inPage = {
  openDetails() {
    for (const details of document.querySelectorAll('details')) details.open = true;
  },

  liveCharts() {
    return document.querySelectorAll('.picture[data-live]').length;
  },

  width() {
    return document.documentElement.scrollWidth;
  },

  /** Horizontal middles of a chart's dots, in px from the left of its paper. */
  dotPlaces(chart) {
    const svg = document.querySelector(`.picture[data-chart="${chart}"] svg`), paper = svg.getBoundingClientRect();
    return [...svg.querySelectorAll('.mark-symbol.role-mark > *')].map((dot) => {
      const box = dot.getBoundingClientRect();
      return box.x + box.width / 2 - paper.x;
    });
  },

  unnamedParts() {
    return [...document.querySelectorAll('.picture, .scroll, section')].filter((element) => !element.hasAttribute('aria-label') && !element.hasAttribute('aria-labelledby')).length
      + [...document.querySelectorAll('table')].filter((table) => table.caption === null || table.caption.textContent.trim() === '').length;
  },

  repeatedIds() {
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    return ids.filter((id, i) => ids.indexOf(id) !== i);
  },

  /** An error's text, or the number of elements that a picture should not hold. */
  svgProblem(text) {
    const parsed = new DOMParser().parseFromString(text, 'image/svg+xml'), error = parsed.querySelector('parsererror');
    return error === null ? parsed.querySelectorAll('script, image, foreignObject').length : error.textContent;
  },

  /** Texts whose colour is nearer than 4.5 : 1 to what lies behind them (WCAG 2.2, 1.4.3). */
  contrastProblems() {
    const parse = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = (colour) => {
      const [r, g, b] = colour.slice(0, 3).map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
      for (let each = element; each !== null; each = each.parentElement) {
        const colour = parse(getComputedStyle(each).backgroundColor);
        if (colour.length === 3 || colour[3] > 0.99) return colour;
      }
      return [255, 255, 255];
    };
    const problems = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      if (node.textContent.trim() === '' || ['SCRIPT', 'STYLE', 'OPTION'].includes(element.tagName) || !element.checkVisibility()) continue;
      const style = getComputedStyle(element), ink = luminance(parse(element instanceof SVGElement ? style.fill : style.color)), paper = luminance(behind(element));
      const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
      if (ratio < 4.5) problems.add(`${element.tagName}.${element.getAttribute('class') ?? ''} ${ratio.toFixed(2)}: ${node.textContent.slice(0, 40)}`);
    }
    return [...problems];
  },
};
