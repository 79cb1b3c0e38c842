import { type Message, plainText } from '@/engine/lm/parts'

/** The text of a message; empty where there is none. */
export function readText(message: Message | undefined): string {
  return message === undefined ? '' : plainText(message.content)
}
