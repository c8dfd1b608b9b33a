// The browser writes tags rather than styles: <b> instead of a span with a style, and paragraphs instead of boxes.
export function tame(box) {
  box.addEventListener('focusin', () => {
    document.execCommand('styleWithCSS', false, false);
    document.execCommand('defaultParagraphSeparator', false, 'p');
  });
}
