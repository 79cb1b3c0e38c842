import { Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { ToolMock as Mock } from '@/engine/tools/tool-base'
import type { Tool } from '@/engine/tools/registry'
import { isJsonObject, parseJson, type Json } from '@/lib/json'
import { Button } from '@/ui/button'
import { FormField } from '@/ui/form-field'
import { IconButton } from '@/ui/icon-button'
import { Select } from '@/ui/select'
import { TextArea } from '@/ui/text-area'

type Answer = Mock['answers'][number]

interface ToolMockProps {
  readonly tool: Tool
  readonly onType: (place: string, mock: Mock) => void
  readonly onArrange: (label: string, mock: Mock | undefined) => void
}

/** Answers that are written down and stand in for the tool, so that a test or a compile needs nothing else and comes out the same each time. */
export function ToolMock({ tool, onType, onArrange }: ToolMockProps) {
  const { mock } = tool
  const answers = mock?.answers ?? []
  const use = mock?.use ?? 'never'
  const changed = (next: Answer[], of: Mock): Mock => ({ ...of, answers: next })
  return (
    <>
      <FormField label="Fixed answers" help="They stand in for the tool: nothing is called.">
        <Select
          value={use}
          options={[
            { value: 'never', label: 'Never', hint: 'The tool itself answers' },
            { value: 'scored', label: 'In evaluations and compiles', hint: 'Single rows and exported programs call the tool' },
            { value: 'always', label: 'Always', hint: 'The tool is never called' },
          ]}
          onChange={next =>
            onArrange('Change fixed answers', next === 'never' ? undefined : { use: next, answers: mock?.answers ?? [{ answer: '' }] })
          }
        />
      </FormField>
      {mock !== undefined && (
        <div role="group" aria-label={`Fixed answers of ${tool.name}`} className="tool-args">
          <ol>
            {answers.map((answer, index) => (
              <li key={index} className="tool-arg">
                <JsonBox
                  label={`Arguments of fixed answer ${index + 1}`}
                  placeholder="Any other arguments"
                  value={answer.args}
                  isFit={isJsonObject}
                  onChange={args =>
                    onType(
                      `mock.${index}.args`,
                      changed(
                        answers.map((other, at) =>
                          at === index
                            ? { answer: other.answer, ...(isJsonObject(args ?? null) && { args: args as Answer['args'] }) }
                            : other,
                        ),
                        mock,
                      ),
                    )
                  }
                />
                <div className="field-line">
                  <JsonBox
                    isText
                    label={`Fixed answer ${index + 1}`}
                    placeholder="What the tool answers"
                    value={answer.answer}
                    isFit={() => true}
                    onChange={value =>
                      onType(
                        `mock.${index}.answer`,
                        changed(
                          answers.map((other, at) => (at === index ? { ...other, answer: value ?? '' } : other)),
                          mock,
                        ),
                      )
                    }
                  />
                  <IconButton
                    size="sm"
                    label={`Remove fixed answer ${index + 1}`}
                    icon={<Trash2 />}
                    onClick={() =>
                      onArrange(
                        'Remove fixed answer',
                        changed(
                          answers.filter((_, at) => at !== index),
                          mock,
                        ),
                      )
                    }
                  />
                </div>
              </li>
            ))}
          </ol>
          <Button
            size="sm"
            variant="ghost"
            icon={<Plus />}
            onClick={() => onArrange('Add fixed answer', changed([...answers, { args: exampleOf(tool), answer: '' }], mock))}
          >
            Add fixed answer
          </Button>
        </div>
      )}
    </>
  )
}

interface JsonBoxProps {
  readonly label: string
  readonly placeholder: string
  readonly value: Json | undefined
  /** True: what is no JSON is a text. */
  readonly isText?: boolean
  readonly isFit: (value: Json) => boolean
  readonly onChange: (value: Json | undefined) => void
}

/** A value as JSON. What does not fit is kept as typed until it does. */
function JsonBox({ label, placeholder, value, isText = false, isFit, onChange }: JsonBoxProps) {
  const [draft, setDraft] = useState<string>()
  const shown = draft ?? (value === undefined ? '' : isText && typeof value === 'string' ? value : JSON.stringify(value))
  const type = (text: string) => {
    setDraft(text)
    const parsed = parseJson(text)
    if (text.trim() === '') onChange(undefined)
    else if (parsed.ok && isFit(parsed.value)) onChange(parsed.value)
    else if (isText) onChange(text)
  }
  const isWrong = draft !== undefined && draft.trim() !== '' && !isText && !fits(draft, isFit)
  return (
    <div className="min-w-0 flex-1">
      <TextArea
        mono
        autoGrow
        rows={1}
        label={label}
        placeholder={placeholder}
        value={shown}
        aria-invalid={isWrong || undefined}
        onChange={type}
        onBlur={() => !isWrong && setDraft(undefined)}
      />
      {isWrong && <p className="field-problem">{'Write the arguments as a JSON object, such as {"query": "rain"}.'}</p>}
    </div>
  )
}

function fits(text: string, isFit: (value: Json) => boolean): boolean {
  const parsed = parseJson(text)
  return parsed.ok && isFit(parsed.value)
}

function exampleOf({ args }: Tool): Answer['args'] {
  return Object.fromEntries(args.map(({ name, type }) => [name, type.kind === 'str' ? '' : null]))
}
