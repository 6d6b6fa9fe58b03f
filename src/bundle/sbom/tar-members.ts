/**
 * The regular files of a tar that comes as a stream. Takes its bytes; calls for each file, and gives its bytes as they come. Long names
 * come cut off, as their headers have them: enough to tell what is looked for here.
 */
import { tarBlock, tarPadding } from '../../host/tar.ts'

/** What takes the bytes of a file, or undefined when nobody wants them. */
export type OnMember = (name: string) => ((chunk: Buffer) => void) | undefined

type Member = { readonly take: ((chunk: Buffer) => void) | undefined; content: number; padding: number }

const textIn = (header: Buffer, from: number, to: number): string =>
  header.toString('utf8', from, to).replace(/\0.*$/s, '')

const begin = (header: Buffer, onMember: OnMember): Member => {
  const size = Number.parseInt(textIn(header, 124, 136).trim() || '0', 8)
  if (!Number.isSafeInteger(size)) throw new Error('not a tar, or one of a kind that is not known here')
  const isFile = ['0', ''].includes(textIn(header, 156, 157))
  const name = textIn(header, 0, 100).replace(/^\.?\//, '')
  return { take: isFile ? onMember(name) : undefined, content: size, padding: tarPadding(size).length }
}

export const readTar = async (stream: AsyncIterable<Buffer>, onMember: OnMember): Promise<void> => {
  let member: Member = { take: undefined, content: 0, padding: 0 }
  let header: Buffer = Buffer.alloc(0)
  for await (const chunk of stream) {
    for (let at = 0; at < chunk.length; ) {
      const wanted = member.content || member.padding || tarBlock - header.length
      const piece = chunk.subarray(at, at + wanted)
      at += piece.length
      if (member.content > 0) {
        member.take?.(piece)
        member.content -= piece.length
      } else if (member.padding > 0) {
        member.padding -= piece.length
      } else {
        header = Buffer.concat([header, piece])
        if (header.length < tarBlock) continue
        member = begin(header, onMember)
        header = Buffer.alloc(0)
      }
    }
  }
}
