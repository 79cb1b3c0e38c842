/**
 * Lets a browser translate the page. A translator takes out text nodes and puts `<font>` elements in their place; React still holds the
 * nodes it made, so that its next removal or insertion beside one throws and takes the screen with it, and a new text goes to a node that
 * nobody sees. Here every text taken out is remembered with what stands for it: React's removals and insertions then apply to the
 * stand-in, and a new text puts the node back, for the translator to translate again.
 */
export function allowTranslation(page: Document): void {
  const { prototype } = Node
  const { removeChild, insertBefore } = prototype
  const value = Object.getOwnPropertyDescriptor(prototype, 'nodeValue')
  if (value?.set === undefined) return
  const setValue = value.set
  const standIns = new WeakMap<Node, Element>()

  const note = (records: readonly MutationRecord[]): void => {
    for (const { removedNodes, addedNodes, previousSibling, nextSibling } of records) {
      for (const taken of removedNodes) {
        if (!(taken instanceof Text) || taken.isConnected) continue
        const standIn = [...addedNodes, previousSibling, nextSibling].find(isFont)
        if (standIn !== undefined) standIns.set(taken, standIn)
      }
    }
  }
  const observer = new MutationObserver(note)
  observer.observe(page.documentElement, { childList: true, subtree: true })

  /** What stands on the page for a node that React made; undefined where nothing does. */
  const shown = (node: Node, parent: Node): Node | undefined => {
    if (node.parentNode === parent) return node
    note(observer.takeRecords())
    const standIn = standIns.get(node)
    return standIn?.parentNode === parent ? standIn : undefined
  }

  prototype.removeChild = function <T extends Node>(this: Node, child: T): T {
    const there = shown(child, this)
    // A node that is nowhere is as removed as it can be.
    if (there !== undefined) removeChild.call(this, there)
    return child
  }
  prototype.insertBefore = function <T extends Node>(this: Node, added: T, before: Node | null): T {
    insertBefore.call(this, added, before === null ? null : (shown(before, this) ?? null))
    return added
  }
  Object.defineProperty(prototype, 'nodeValue', {
    ...value,
    set(this: Node, text: string | null) {
      if (!this.isConnected && this instanceof Text) {
        note(observer.takeRecords())
        standIns.get(this)?.replaceWith(this)
        standIns.delete(this)
      }
      setValue.call(this, text)
    },
  })
}

/** What translators wrap their words in. */
function isFont(node: Node | null | undefined): node is Element {
  return node instanceof Element && node.tagName === 'FONT'
}
