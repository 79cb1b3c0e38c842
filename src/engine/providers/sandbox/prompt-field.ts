import type { FieldType } from '@/engine/signature/field-type'

export interface PromptField {
  readonly name: string
  readonly type: FieldType
  readonly desc: string
}

export interface SystemText {
  readonly inputs: readonly PromptField[]
  readonly outputs: readonly PromptField[]
  readonly instructions: string
}

export type PromptValues = Readonly<Record<string, string>>
