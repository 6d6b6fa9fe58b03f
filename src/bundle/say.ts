/** One line for a person who is waiting. */
export type Say = (line: string) => void
