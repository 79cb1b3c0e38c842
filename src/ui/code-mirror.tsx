import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { javascript } from '@codemirror/lang-javascript'
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language'
import { Compartment, EditorState, Prec, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import type { CodeEditorProps } from './code-editor'
import { codeTheme } from './code-theme'

interface CodeMirrorProps extends Omit<CodeEditorProps, 'className'> {
  readonly minHeight: number
  readonly describedBy?: string
}

/** The thin wrapper around CodeMirror 6. One view for the life of the component; props reach it through refs and compartments. */
export function CodeMirror({ value, onChange, language, label, readOnly = false, minHeight, onRun, describedBy }: CodeMirrorProps) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const latest = useRef({ onChange, onRun, value })
  useEffect(() => {
    latest.current = { onChange, onRun, value }
  })

  useEffect(() => {
    if (!host.current) return
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          Prec.highest(
            keymap.of([
              {
                key: 'Mod-Enter',
                run: () => {
                  latest.current.onRun?.()
                  return latest.current.onRun !== undefined
                },
              },
            ]),
          ),
          basics,
          settings.of([]),
          EditorView.updateListener.of(update => {
            if (!update.docChanged) return
            const text = update.state.doc.toString()
            if (text !== latest.current.value) latest.current.onChange(text)
          }),
        ],
      }),
    })
    view.current = editor
    return () => editor.destroy()
  }, [])

  useEffect(() => {
    const attributes: Record<string, string> = { 'aria-label': label, tabindex: '0' }
    if (describedBy !== undefined) attributes['aria-describedby'] = describedBy
    view.current?.dispatch({
      effects: settings.reconfigure([
        languages[language],
        EditorState.readOnly.of(readOnly),
        EditorView.contentAttributes.of(attributes),
        EditorView.theme({ '.cm-content, .cm-gutter': { minHeight: `${minHeight}px` } }),
      ]),
    })
  }, [label, describedBy, language, readOnly, minHeight])

  useEffect(() => {
    const editor = view.current
    if (!editor || editor.state.doc.toString() === value) return
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } })
  }, [value])

  return <div ref={host} />
}

const settings = new Compartment()

const languages: Readonly<Record<CodeEditorProps['language'], Extension>> = {
  javascript: [javascript(), lineNumbers(), autocompletion()],
  // JSON is read well enough by the JavaScript grammar, and needs no second one.
  json: [javascript()],
  text: [EditorView.lineWrapping],
}

const basics: Extension = [
  history(),
  drawSelection(),
  highlightActiveLine(),
  indentOnInput(),
  indentUnit.of('  '),
  bracketMatching(),
  closeBrackets(),
  codeTheme,
  // Escape before Tab moves focus on: CodeMirror's own way out for keyboards (`defaultKeymap` holds it).
  keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
]
