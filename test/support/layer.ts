/** A layer of an image. Takes the name and the contents of its one file; gives a tar. */
import { tarEnd, tarHeader, tarPadding } from '../../src/host/tar.ts'

export const layerWith = (name: string, text: string): Buffer => {
  const content = Buffer.from(text)
  return Buffer.concat([tarHeader(name, content.length), content, tarPadding(content.length), tarEnd])
}
