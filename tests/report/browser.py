#!/usr/bin/python3
"""Opens a page of `springspice report` in Chromium and asserts what a reader needs.

    browser.py PAGE.html SCREENSHOTS      (folder for the pictures NAME-WIDTH-SCHEME.png)

At 1280 and at 400 pixels, light and dark: nothing reaches outside the window, no text of a picture
outside its figure or over another text, every picture has a size, every text stands out from its
ground by 4.5 to 1 (WCAG AA). The page asks for nothing over the network, says nothing on the
console, and opens within a second. Prints each fault, and exits with 1 if there are any.
"""
import json
import pathlib
import shutil
import sys

INSTALL = "install it with tools/install-deps.sh (apt-get install chromium chromium-driver python3-selenium)"
try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
except ImportError:
    sys.exit(f"{sys.executable} has no selenium; {INSTALL}")

WIDTHS = {1280: 900, 400: 800}  # of the window, and its height
LOAD_LIMIT_MS = 1000  # a generous limit for a local file of less than 3 MB
LEAST_CONTRAST = 4.5  # WCAG 2.1, 1.4.3
LARGEST_PAGE = 3_000_000  # bytes

# Faults as sentences, from the page's own boxes. A pixel of rounding is no fault.
MEASURE = r"""
const faults = [], slack = 1, width = window.innerWidth;
const name = e => e.tagName.toLowerCase() + ' "' + (e.textContent || '').trim().slice(0, 40) + '"';
const visible = e => {
  const s = getComputedStyle(e);
  return s.visibility !== 'hidden' && s.display !== 'none' && s.clipPath === 'none';
};
const hidden = e => { for (let p = e; p; p = p.parentElement) if (!visible(p)) return true; return false; };
const shown = [...document.body.querySelectorAll('*')].filter(e => !hidden(e) && !e.closest('defs'));
if (document.documentElement.scrollWidth > width)
  faults.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${width}`);
for (const e of shown) {
  const b = e.getBoundingClientRect();
  if (b.width === 0 && b.height === 0) continue;
  if (b.left < -slack || b.right > width + slack)
    faults.push(`${name(e)} reaches from ${b.left.toFixed(1)} to ${b.right.toFixed(1)} of ${width}`);
  if (e.scrollWidth > e.clientWidth + slack && e.clientWidth > 0 && !e.closest('svg'))
    faults.push(`${name(e)} holds ${e.scrollWidth} in ${e.clientWidth}`);
}
for (const p of document.querySelectorAll('svg, img')) {
  const b = p.getBoundingClientRect();
  if (!hidden(p) && (b.width < 10 || b.height < 10)) faults.push(`a picture of ${b.width} by ${b.height}`);
}
for (const figure of document.querySelectorAll('figure')) {
  const f = figure.getBoundingClientRect(), boxes = [];
  for (const t of figure.querySelectorAll('svg text')) {
    const b = t.getBoundingClientRect();
    if (b.left < f.left - slack || b.right > f.right + slack || b.top < f.top - slack || b.bottom > f.bottom + slack)
      faults.push(`${name(t)} is cut by its figure`);
    // Ascent and descent of digits leave room above and below.
    boxes.push({t, l: b.left, r: b.right, u: b.top + b.height / 4, d: b.bottom - b.height / 4});
  }
  for (let i = 0; i < boxes.length; ++i) for (let j = 0; j < i; ++j) {
    const a = boxes[i], b = boxes[j];
    if (a.l < b.r && b.l < a.r && a.u < b.d && b.u < a.d) faults.push(`${name(a.t)} lies over ${name(b.t)}`);
  }
}
const rgba = c => { const m = c.match(/[\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
const ground = e => {
  const layers = [];
  for (let p = e; p; p = p.parentElement) layers.push(rgba(getComputedStyle(p).backgroundColor));
  return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
};
const light = c => { const l = c.slice(0, 3).map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2]; };
let texts = 0;
for (const e of shown) {
  if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
  const s = getComputedStyle(e), below = ground(e.closest('svg') || e);
  const ink = over(rgba(e.closest('svg') ? s.fill : s.color), below);
  const [a, b] = [light(ink), light(below)].sort((x, y) => y - x);
  const contrast = (a + 0.05) / (b + 0.05);
  ++texts;
  if (contrast < arguments[0]) faults.push(`${name(e)} has a contrast of ${contrast.toFixed(2)}`);
}
if (texts < 5) faults.push(`only ${texts} texts were found`);
if (arguments[1] !== getComputedStyle(document.body).backgroundColor.startsWith('rgb(255')) 
  faults.push(`the ground is ${getComputedStyle(document.body).backgroundColor}`);
return faults;
"""


def start():
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        sys.exit(f"chromium or chromedriver is not there; {INSTALL}")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    # Containers run as root and have a small /dev/shm.
    for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(service=Service(driver), options=options)


def requests_in(log):
    """Addresses asked for, the page itself and data within it aside."""
    for entry in log:
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            yield message["params"]["request"]["url"]


def load(browser, address):
    """Milliseconds until everything is there."""
    browser.get(address)
    return browser.execute_script(
        "return performance.getEntriesByType('navigation')[0].loadEventEnd")


def check(browser, page, folder):
    faults = []
    address = page.resolve().as_uri()
    # The least of three: what else runs on the machine slows a page down, and nothing speeds it up.
    took = min(load(browser, address) for _ in range(3))
    for url in requests_in(browser.get_log("performance")):
        if url != address and not url.startswith("data:"):
            faults.append(f"the page asks for {url}")
    entries = browser.execute_script(
        "return performance.getEntriesByType('resource').map(e => e.name)"
        ".filter(n => !n.startsWith('data:'))")
    faults += [f"the page loads {name}" for name in entries]
    if not 0 < took < LOAD_LIMIT_MS:
        faults.append(f"it takes {took:.0f} ms to open")
    for width, height in WIDTHS.items():
        # A window of headless Chromium is never narrower than 500 pixels; what the page sees may be.
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        for scheme in ("light", "dark"):
            browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
                "features": [{"name": "prefers-color-scheme", "value": scheme}]})
            found = browser.execute_script(MEASURE, LEAST_CONTRAST, scheme == "light")
            faults += [f"{width} wide, {scheme}: {fault}" for fault in found]
            save_whole_page(browser, width, height, folder / f"{page.stem}-{width}-{scheme}.png")
    faults += [f"console: {entry['message']}" for entry in browser.get_log("browser")]
    return faults, took


def save_whole_page(browser, width, height, file):
    whole = browser.execute_script("return document.documentElement.scrollHeight")
    metrics = {"width": width, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {**metrics, "height": whole})
    browser.save_screenshot(str(file))
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {**metrics, "height": height})


def main():
    page, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    size = page.stat().st_size
    browser = start()
    try:
        faults, took = check(browser, page, folder)
    finally:
        browser.quit()
    if size >= LARGEST_PAGE:
        faults.append(f"it has {size} bytes, of {LARGEST_PAGE} at most")
    for fault in faults:
        print(f"{page.name}: {fault}")
    print(f"{page.name}: {size} bytes, open in {took:.0f} ms, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
