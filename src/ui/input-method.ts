/**
 * Leaves keys to an input method while it composes: the Enter that takes a conversion, the Escape that drops it and the arrows that walk
 * the list of words belong to it, and no box, list or shortcut of the studio may act on them. One listener before all others, so that
 * nobody who adds a box has to think of it. The code editor reads composition by itself.
 */
export function leaveKeysToInputMethods(page: Window): void {
  const leave = (event: KeyboardEvent): void => {
    // Safari sends the Enter that ends a composition after its end, still under the key code of an input method.
    const isComposing = event.isComposing || event.keyCode === 229
    if (isComposing && !(event.target instanceof Element && event.target.closest('.cm-editor'))) event.stopImmediatePropagation()
  }
  page.addEventListener('keydown', leave, { capture: true })
  page.addEventListener('keyup', leave, { capture: true })
}
