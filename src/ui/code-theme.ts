import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** CodeMirror in the colours of tokens.css; follows the theme without being told. */
export const codeTheme: Extension = [
  EditorView.theme({
    '&': { color: 'var(--color-ink)', backgroundColor: 'transparent', fontSize: '12px' },
    '&.cm-focused': { outline: 'none' },
    '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '20px' },
    '.cm-content': { padding: '6px 0', caretColor: 'var(--color-ink)' },
    '.cm-line': { padding: '0 8px' },
    '.cm-cursor': { borderLeftColor: 'var(--color-ink)' },
    '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--color-faint)', border: 'none' },
    '.cm-activeLine': { backgroundColor: 'color-mix(in oklab, var(--color-hover) 60%, transparent)' },
    '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--color-ink)' },
    '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
      backgroundColor: 'color-mix(in oklab, var(--color-accent) 26%, transparent)',
    },
    '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--color-pressed)', outline: 'none' },
    '.cm-tooltip': {
      backgroundColor: 'var(--color-raised)',
      border: '1px solid var(--color-line)',
      borderRadius: '6px',
      boxShadow: 'var(--shadow-float)',
    },
    '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--color-accent-soft)', color: 'var(--color-ink)' },
  }),
  syntaxHighlighting(
    HighlightStyle.define([
      { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--color-type-bool)' },
      { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--color-type-str)' },
      { tag: [tags.number, tags.bool, tags.null], color: 'var(--color-type-num)' },
      { tag: [tags.comment], color: 'var(--color-faint)', fontStyle: 'italic' },
      { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: 'var(--color-accent-text)' },
      { tag: [tags.propertyName], color: 'var(--color-type-enum)' },
      { tag: [tags.invalid], color: 'var(--color-bad-text)' },
    ]),
  ),
]
