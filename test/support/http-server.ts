/** A server of HTTP in this process. Takes how it answers; gives its address and what parts it was asked for. It ends with the test. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export type HttpServer = {
  readonly origin: URL
  /** The Range header of each request. */
  readonly ranges: readonly (string | undefined)[]
}

export const startServer = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<HttpServer> => {
  const ranges: (string | undefined)[] = []
  const server = createServer((request, response) => {
    ranges.push(request.headers.range)
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { origin: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), ranges }
}
