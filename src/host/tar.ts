/**
 * A tar in the ustar format of POSIX 1003.1: just what is needed to send files. Takes names, sizes and bytes; gives headers,
 * padding and the end mark, so that an archive can be built in memory or streamed with its length known beforehand.
 */
import { Buffer } from 'node:buffer'

export type TarFile = { readonly name: string; readonly content: Uint8Array }

export const tarBlock = 512

/** Two blocks of zeros end an archive. */
export const tarEnd: Uint8Array = Buffer.alloc(2 * tarBlock)

const octal = (value: number, width: number): string => value.toString(8).padStart(width - 1, '0') + '\0'

/** The header of a regular file 0600 of root's, dated 1970: equal contents give equal archives. */
export const tarHeader = (name: string, size: number): Uint8Array => {
  if (Buffer.byteLength(name) > 100)
    throw new Error(`a name of more than 100 bytes does not fit a tar: ${name}`)
  const header = Buffer.alloc(tarBlock)
  header.write(name, 0)
  header.write(octal(0o600, 8), 100)
  header.write(octal(0, 8), 108)
  header.write(octal(0, 8), 116)
  header.write(octal(size, 12), 124)
  header.write(octal(0, 12), 136)
  header.write(' '.repeat(8) + '0', 148)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

export const tarPadding = (size: number): Uint8Array =>
  Buffer.alloc((tarBlock - (size % tarBlock)) % tarBlock)

/** How many bytes a file takes, header and padding included. */
export const tarSize = (size: number): number => tarBlock + size + tarPadding(size).length

export const tarOf = (files: readonly TarFile[]): Uint8Array =>
  Buffer.concat([
    ...files.flatMap(({ name, content }) => [
      tarHeader(name, content.length),
      content,
      tarPadding(content.length),
    ]),
    tarEnd,
  ])
