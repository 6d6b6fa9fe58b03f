/** Keeps the end of what a command prints, so that a flood does not fill memory, while every piece is passed on as it comes. */
import { StringDecoder } from 'node:string_decoder'

/** More than any answer of a program of ours; enough of a flood to see its end. */
const keepBytes = 16 * 1024 * 1024

export const collector = (onChunk?: (chunk: string) => void) => {
  const decoder = new StringDecoder('utf8')
  let text = ''
  return {
    add: (chunk: Buffer): void => {
      const piece = decoder.write(chunk)
      text += piece
      if (text.length > keepBytes) text = text.slice(-keepBytes)
      onChunk?.(piece)
    },
    text: (): string => text,
  }
}
