/**
 * A real file server: Debian's nginx, on loopback. Takes the folder that it serves and maybe its certificate; gives where it is, and what
 * it was asked. It ends with the test.
 */
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { scratchDirectory } from './scratch.ts'

export type FileServerShape = {
  /** PEM files. */
  readonly tls?: { readonly certificate: string; readonly key: string }
  /** A folder a name that it is called by. */
  readonly byHost?: boolean
}

export type FileServer = {
  readonly port: number
  readonly origin: URL
  /** `GET /dl.k8s.io/release/… 206`, in the order in which they ended; a line may come a little after its answer. */
  readonly requests: () => readonly string[]
}

/**
 * nginx does not say which port it was given: it is told one that was free a moment ago. The kernel gives none of these to whoever
 * leaves the choice to it (ip_local_port_range), as all others here do.
 */
const freePort = async (): Promise<number> => {
  const port = randomInt(20_000, 32_000)
  const server = createServer().listen(port, '127.0.0.1')
  const isFree = await once(server, 'listening').then(
    () => true,
    () => false,
  )
  server.close()
  return isFree ? port : freePort()
}

/** Workers of the superuser's as well: folders of tests are for nobody else to read. */
const configuration = (scratch: string, folder: string, port: number, shape: FileServerShape): string => {
  const { tls, byHost } = shape
  return `
daemon off;
user root;
worker_processes 1;
pid ${scratch}/pid;
error_log stderr;
events {}
http {
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${scratch}/${name};`).join(' ')}
  log_format plain '$request_method $uri $status';
  access_log ${scratch}/access plain;
  server {
    listen 127.0.0.1:${port}${tls ? ' ssl' : ''};
    ${tls ? `ssl_certificate ${tls.certificate}; ssl_certificate_key ${tls.key};` : ''}
    root ${folder}${byHost ? '/$host' : ''};
  }
}
`
}

const answers = async (port: number): Promise<void> => {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.destroy()
}

export const startNginx = async (folder: string, shape: FileServerShape = {}): Promise<FileServer> => {
  const scratch = scratchDirectory('nginx')
  const port = await freePort()
  writeFileSync(join(scratch, 'nginx.conf'), configuration(scratch, folder, port, shape))
  const child = spawn('nginx', ['-c', join(scratch, 'nginx.conf'), '-p', scratch], {
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const state: { said: string; failure?: Error } = { said: '' }
  child.stderr.on('data', (chunk: Buffer) => {
    state.said += chunk.toString()
  })
  child.on('error', (cause) => {
    state.failure = new Error("these tests need Debian's package nginx: npm test installs it", { cause })
  })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.pid === undefined) return
    child.kill()
    await once(child, 'exit')
  })
  await vi.waitFor(
    async () => {
      if (state.failure) throw state.failure
      if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}: ${state.said}`)
      await answers(port)
    },
    { timeout: 60_000, interval: 20 },
  )
  return {
    port,
    origin: new URL(`${shape.tls ? 'https' : 'http'}://127.0.0.1:${port}`),
    requests: () => readFileSync(join(scratch, 'access'), 'utf8').split('\n').slice(0, -1),
  }
}
