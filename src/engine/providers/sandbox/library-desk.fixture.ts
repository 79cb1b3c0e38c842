import type { LabelledRow } from './ask.fixture'

/** A small task that no template knows: questions at a library desk. */
const questions: readonly (readonly [question: string, desk: string])[] = [
  ['My loan of the sea atlas runs out tomorrow, may I keep it longer?', 'front'],
  ['The reading lamp at table six stays dark.', 'house'],
  ['Do you have newspapers from 1931 on film?', 'archive'],
  ['Can my daughter join the puppet afternoon on Friday?', 'events'],
  ['I would like to extend three novels by two weeks.', 'front'],
  ['It is freezing cold on the second floor, the heating seems dead.', 'house'],
  ['I am looking for parish records of the eighteenth century.', 'archive'],
  ['Are there seats left for the talk by the poet?', 'events'],
  ['How much do I owe for the late return of a film?', 'front'],
  ['One of the chairs in the café has a broken leg.', 'house'],
  ['Is the old town map kept in the vault, and may one see it?', 'archive'],
  ['When does the writing workshop start and what does a ticket cost?', 'events'],
  ['Please renew my card, it ends this month.', 'front'],
  ['Water drips from the ceiling above the atlases.', 'house'],
  ['Which letters of the mayor from 1890 have survived?', 'archive'],
  ['Could we book the children for the puppet show in May?', 'events'],
  ['I returned the book on Monday but the fine is still on my card.', 'front'],
  ['The door of the ladies room does not lock.', 'house'],
  ['Who can help me read an old church register?', 'archive'],
  ['Is the concert in the garden free, or do I need a ticket?', 'events'],
  ['May I borrow five films on one card?', 'front'],
  ['The lift is stuck between two floors again.', 'house'],
  ['We need photographs of the harbour before 1920.', 'archive'],
  ['Will the talk about bees be held again?', 'events'],
  ['I lost my card on the bus and need a new one.', 'front'],
  ['A window in the reading room is cracked.', 'house'],
  ['Are the old court records on film as well?', 'archive'],
  ['My son wants to join the chess evening.', 'events'],
  ['The loan period of two weeks is too short for me, can it be extended?', 'front'],
  ['There is a bad smell and a puddle on the floor by the stairs.', 'house'],
  ['I study old letters and would like to see the vault.', 'archive'],
  ['How long does the poetry concert last?', 'events'],
  ['Why was I charged a late fine on a book I returned?', 'front'],
  ['The printer room has no light and no heating.', 'house'],
  ['Do you keep maps from before the great fire of 1842?', 'archive'],
  ['Can one still sign up for the workshop on Friday?', 'events'],
]

export const libraryDesk: readonly LabelledRow[] = questions.map(([question, label]) => ({ inputs: { question }, label }))
export const libraryLine = "question -> desk: Literal['front', 'house', 'archive', 'events']"
