import { cutText } from '@/lib/cut-text'
import { canonicalJson } from '@/lib/canonical-json'
import { sha256Hex } from '@/lib/hash'
import { keyOfAsked } from '../../lm/kept/request-key'
import type { JournalEvent, RunEvent } from '../../record/events'
import { gapsOf } from '../../record/gaps'

export type Admitted =
  | { readonly kind: 'replayed'; readonly event: JournalEvent }
  | { readonly kind: 'new'; readonly events: readonly JournalEvent[] }

/** Numbers the events of a run and, while there is a record of an earlier attempt, compares them with it. */
export interface Story {
  /** True while recorded events are still ahead. */
  readonly isReplaying: boolean
  /**
   * Gives an event its place. One whose record is damaged takes its old place again; the first one that differs from the record comes
   * back behind a `run-diverge`.
   */
  admit(event: RunEvent, at: number): Admitted
  digest(): string
  readonly divergence: { readonly seq: number; readonly expected: string; readonly got: string } | undefined
}

export function createStory(recorded: readonly JournalEvent[]): Story {
  const expected = storyOf(recorded)
  const told: string[] = []
  let position = 0
  let nextSeq = (recorded.at(-1)?.seq ?? -1) + 1
  let divergence: Story['divergence']
  let gaps = gapsOf(recorded)
  let matched = -1
  const number = (event: RunEvent, at: number): JournalEvent => ({ ...event, seq: nextSeq++, at })
  const isReplaying = (): boolean => divergence === undefined && position < expected.length
  return {
    get isReplaying() {
      return isReplaying()
    },
    get divergence() {
      return divergence
    },
    admit(event, at) {
      // A stop or a cap may come earlier than in the attempt before: that is no other story, only a shorter one.
      if (isMark(event)) return { kind: 'new', events: [number(event, at)] }
      const text = toldAs(event)
      const next = isReplaying() ? expected[position] : undefined
      const wanted = next && plainText(next)
      if (next && wanted !== undefined && (wanted === text || toldAs(deedOf(next)) === toldAs(deedOf(event)))) {
        position += 1
        // As it was told then, so that the digest stays what it was.
        told.push(wanted)
        // Of two equal events in a row it may be the first that is damaged, so a gap stays open for one event more.
        gaps = gaps.filter(seq => seq > matched)
        matched = next.seq
        return { kind: 'replayed', event: next }
      }
      told.push(text)
      if (next === undefined || wanted === undefined) return { kind: 'new', events: [number(event, at)] }
      const [gap] = gaps
      if (gap !== undefined && gap < next.seq) {
        gaps = gaps.slice(1)
        return { kind: 'new', events: [{ ...event, seq: gap, at }] }
      }
      divergence = { seq: next.seq, expected: shorten(wanted), got: shorten(text) }
      const mark: RunEvent = { type: 'run-diverge', divergedAt: next.seq, expected: divergence.expected, got: divergence.got }
      return { kind: 'new', events: [number(mark, at), number(event, at)] }
    },
    digest: () => digestOf(told),
  }
}

/** The events that a replay repeats: without interruptions, and without what a divergence took back. */
export function storyOf(recorded: readonly JournalEvent[]): readonly JournalEvent[] {
  let story: JournalEvent[] = []
  for (const event of recorded) {
    if (event.type === 'run-diverge') story = story.filter(({ seq }) => seq < event.divergedAt)
    else if (!isMark(event)) story.push(event)
  }
  return story
}

/** Hash of a recorded story, times left out: equal for a run that went through and one that was killed and resumed. */
export function storyDigest(recorded: readonly JournalEvent[]): string {
  return digestOf(storyOf(recorded).map(plainText))
}

/**
 * Where an attempt broke off, or what is about the attempt and not about the run: what the network decided the time of. A finished
 * `run-end` is part of the story.
 */
function isMark(event: RunEvent): boolean {
  if (event.type === 'run-end') return event.reason !== 'done'
  return event.type === 'run-cancel' || event.type === 'run-error' || event.type === 'run-diverge' || isLesson(event)
}

/** What an attempt learned of a model or of an answer. It comes at any time, so it says nothing about where a replay is. */
export function isLesson({ type }: Pick<RunEvent, 'type'>): boolean {
  return type === 'model-facts' || type === 'answer-give-up'
}

/**
 * What was done, without the words for it and the calls that were planned. A later version may say it otherwise and count better, and a
 * run that was begun before is still the same run.
 */
function deedOf(event: RunEvent | JournalEvent): RunEvent {
  const { seq: _seq, at: _at, ...plain } = { seq: 0, at: 0, ...event }
  switch (plain.type) {
    case 'run-start':
      return { ...plain, stages: plain.stages.map(({ id }) => ({ id, title: '', calls: { low: 0, expected: 0, high: 0 } })) }
    case 'stage-start':
    case 'stage-step':
      return { ...plain, title: '' }
    case 'candidate-propose':
      return { ...plain, label: '' }
    case 'candidate-accept':
    case 'candidate-reject':
      return { ...plain, reason: '' }
    case 'note':
      return { ...plain, text: '' }
    case 'run-end': {
      const { best } = plain.result
      return { ...plain, sentence: '', result: { ...plain.result, ...(best && { best: { ...best, label: '' } }) } }
    }
    default:
      return plain
  }
}

function plainText(event: JournalEvent): string {
  const { seq: _seq, at: _at, ...plain } = event
  return toldAs(plain)
}

/** A story is the same wherever its models are: the calls it names are compared by what they asked. */
function toldAs(event: RunEvent): string {
  if (event.type !== 'instructions-propose') return canonicalJson(event)
  const proposals = event.proposals.map(one => (one.call === undefined ? one : { ...one, call: keyOfAsked(one.call) }))
  return canonicalJson({ ...event, proposals })
}

function digestOf(texts: readonly string[]): string {
  return sha256Hex(texts.join('\n')).slice(0, 16)
}

function shorten(text: string): string {
  return text.length > 400 ? `${cutText(text, 400)}…` : text
}
