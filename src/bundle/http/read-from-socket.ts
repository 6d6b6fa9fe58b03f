/** Reads just as much from a socket as is asked for: what comes after it belongs to somebody else. */
import type { Socket } from 'node:net'

/** `measure` says how many of the bytes are wanted once they are all there. */
export const readFromSocket = (
  socket: Socket,
  measure: (bytes: Buffer) => number | undefined,
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0)
    const stop = (): void => {
      socket.off('readable', read)
      socket.off('error', fail)
      socket.off('end', ended)
    }
    const fail = (error: Error): void => {
      stop()
      reject(error)
    }
    const ended = (): void => fail(new Error('the proxy hung up'))
    const read = (): void => {
      for (let chunk = socket.read(); chunk !== null; chunk = socket.read())
        bytes = Buffer.concat([bytes, chunk as Buffer])
      try {
        const length = measure(bytes)
        if (length === undefined) return
        stop()
        if (length < bytes.length) socket.unshift(bytes.subarray(length))
        resolve(bytes.subarray(0, length))
      } catch (error) {
        fail(error as Error)
      }
    }
    socket.on('readable', read)
    socket.on('error', fail)
    socket.on('end', ended)
    read()
  })
