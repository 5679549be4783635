// Faults of what is on the screen now: cut off, too small to touch, too pale to read. Run in the page.
(smallestTarget) => {
  const faults = [];
  const name = (element) => `${element.tagName.toLowerCase()}.${element.className?.baseVal ?? element.className}`;

  const root = document.scrollingElement;
  if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) faults.push("the page is larger than the screen");

  for (const main of document.querySelectorAll("main, .visit-about, .ways-out, .still-there, .door, .top-bar")) {
    if (main.scrollHeight > main.clientHeight + 1) faults.push(`${name(main)} is cut off below`);
    if (main.scrollWidth > main.clientWidth + 1) faults.push(`${name(main)} is cut off at the side`);
  }

  for (const element of document.querySelectorAll("main > *, main > * > *")) {
    const next = element.nextElementSibling;
    if (next === null || element.parentElement.closest("svg, button, ol")) continue;
    const [box, after] = [element.getBoundingClientRect(), next.getBoundingClientRect()];
    const across = Math.min(box.right, after.right) - Math.max(box.left, after.left);
    const down = Math.min(box.bottom, after.bottom) - Math.max(box.top, after.top);
    if (across > 1 && down > 1) faults.push(`${name(element)} lies over ${name(next)}`);
  }

  for (const button of document.querySelectorAll("button")) {
    const box = button.getBoundingClientRect();
    if (box.height < smallestTarget - 0.5 || box.width < smallestTarget - 0.5)
      faults.push(`${name(button)} is ${Math.round(box.width)}×${Math.round(box.height)}`);
    if (box.left < 0 || box.top < 0 || box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5)
      faults.push(`${name(button)} lies outside the screen`);
  }

  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
  const background = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.unshift(channels(getComputedStyle(at).backgroundColor));
    return layers.reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((x, y) => y - x);
    return (light + 0.05) / (dark + 0.05);
  };

  const texts = document.createTreeWalker(document.getElementById("page"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || element.closest("svg, button:disabled")) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const behind = background(element);
    const ratio = contrast(over(channels(style.color), behind), behind);
    if (ratio < (large ? 3 : 4.5)) faults.push(`“${texts.currentNode.data.trim()}” has contrast ${ratio.toFixed(2)}`);
  }
  return faults;
}
