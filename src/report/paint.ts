/** Colours. Takes whether there are any; gives functions that colour a text, or leave it alone. */
import { styleText } from 'node:util'

export type Paint = {
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
  readonly cyan: (text: string) => string
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
}

export const paintOf = (coloured: boolean): Paint => {
  // Whether there are colours is decided by the caller, who knows the stream: not once more by Node.
  const painted = (style: Parameters<typeof styleText>[0]) => (text: string) =>
    coloured ? styleText(style, text, { validateStream: false }) : text
  return {
    red: painted('red'),
    green: painted('green'),
    yellow: painted('yellow'),
    cyan: painted('cyan'),
    bold: painted('bold'),
    dim: painted('dim'),
  }
}

export const noPaint = paintOf(false)

/** https://no-color.org: set to anything but nothing. */
export const wantsColour = (
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean => stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
