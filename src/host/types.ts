import type { Duplex, Readable } from 'node:stream'

/** What a command gets on its standard input: bytes at once, or a stream. */
export type Input = string | Uint8Array | Readable | AsyncIterable<Uint8Array>

export type ExecRequest = {
  /** An argv; quoted for the remote shell by the implementation, never by the caller. */
  readonly command: readonly string[]
  readonly input?: Input
  /** Keep stdin open after `input` has been sent, until the command ends: programs use its end as a dead man's switch. */
  readonly holdInput?: boolean
  /** Run as root. Default true: nearly everything that Slipway does needs it. */
  readonly asRoot?: boolean
  /** What is being done, for errors: "phase containerd". */
  readonly doing: string
  readonly onStdout?: (chunk: string) => void
  readonly signal?: AbortSignal | undefined
}

export type ExecResult = { readonly code: number; readonly stdout: string; readonly stderr: string }

/**
 * The one narrow way to a machine. SSH and local implement it; everything above uses only this.
 * exec resolves with the exit code whatever it is; it rejects with HostError when the connection is lost, and with
 * Interrupted when the signal fired.
 */
export interface Host {
  readonly name: string
  exec(request: ExecRequest): Promise<ExecResult>
  /** A TCP connection made from the host, to a port that the host can reach. */
  connect(address: string, port: number): Promise<Duplex>
  close(): Promise<void>
}
