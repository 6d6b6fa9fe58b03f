/** What others wrote, made fit for a terminal. Takes text of a host's or a file's; gives it without anything that a terminal would obey. */
import { stripVTControlCharacters } from 'node:util'

/** Every control character but tab and newline: carriage returns that overwrite, bells, C1 and what is left of escape sequences. */
const controls = /(?![\t\n])\p{Cc}/gu
/** Marks that turn the direction of writing around, so that a line reads as another one than it is ("Trojan Source"). */
const directions = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

export const printable = (text: string): string =>
  stripVTControlCharacters(text.replaceAll('\r\n', '\n')).replace(controls, '').replace(directions, '')

/** The same on one line, for messages that stand in a list. */
export const oneLine = (text: string): string =>
  printable(text)
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')

export const indented = (text: string, depth: number): string => text.replace(/^(?!$)/gm, '  '.repeat(depth))
