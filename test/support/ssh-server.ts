/**
 * An SSH server in this process that really runs what it is told to, with a real shell. Takes its host keys and whom it lets in;
 * gives its port, what it was asked to run, and ways to fail. It listens on loopback alone.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import ssh2, {
  type AuthContext,
  type AuthenticationType,
  type Connection,
  type PublicKeyAuthContext,
  type ServerChannel,
  type Session,
} from 'ssh2'
import { type TcpRelay, tcpRelay } from './tcp-relay.ts'

export type SshServerOptions = {
  readonly hostKeys: readonly string[]
  /** OpenSSH public keys that may log in. */
  readonly authorized?: readonly string[]
  readonly password?: string
  /** Ask for the password by keyboard-interactive alone, as PAM does. */
  readonly interactive?: boolean
  /** From the command that a client sends to the argv that is run: a shell of one's choice, another user. */
  readonly argv?: (command: string) => readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Where a connection from here ends, whatever address was asked for: tests send nothing to others. */
  readonly reaches?: string
  /** Commands of which it does not say how they ended, as an sshd that is killed. */
  readonly untold?: (command: string) => boolean
}

export type SshServer = Pick<TcpRelay, 'port' | 'cut' | 'freeze'> & {
  /** Every command that arrived: one an exec channel. */
  readonly commands: readonly string[]
  readonly logins: readonly string[]
  /** Connections that a client had made from here. */
  readonly forwards: () => number
  /** Clients that are connected now. */
  readonly connected: () => number
  readonly running: () => readonly ChildProcess[]
  readonly close: () => Promise<void>
}

type Seen = {
  readonly commands: string[]
  readonly logins: string[]
  readonly children: Set<ChildProcess>
  readonly clients: Set<Connection>
  forwards: number
}

const shellArgv = (command: string): readonly string[] => ['/bin/sh', '-c', command]

const runOn = (channel: ServerChannel, command: string, options: SshServerOptions, seen: Seen): void => {
  const [file = '', ...args] = (options.argv ?? shellArgv)(command)
  const child = spawn(file, args, { env: { ...process.env, ...options.env }, cwd: '/' })
  seen.children.add(child)
  channel.pipe(child.stdin)
  child.stdin.on('error', () => undefined)
  child.stdout.pipe(channel, { end: false })
  child.stderr.pipe(channel.stderr, { end: false })
  // As sshd does when a channel is closed: the pipes of the command go, not the command itself.
  channel.on('close', () => {
    for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy()
  })
  channel.on('error', () => undefined)
  child.on('close', (code, signal) => {
    seen.children.delete(child)
    if (options.untold?.(command)) return channel.close()
    if (signal) channel.exit(signal.replace('SIG', ''))
    else channel.exit(code ?? 255)
    channel.end()
  })
}

const isSigned = (context: PublicKeyAuthContext, known: string): boolean => {
  const key = ssh2.utils.parseKey(known)
  if (key instanceof Error) return false
  // Without a signature the client asks only whether it should make one.
  if (!context.signature) return true
  return key.verify(context.blob ?? Buffer.alloc(0), context.signature, context.hashAlgo) === true
}

const isAuthorized = (context: PublicKeyAuthContext, { authorized = [] }: SshServerOptions): boolean => {
  const shown = context.key.data.toString('base64')
  return authorized.some((known) => known.split(' ')[1] === shown && isSigned(context, known))
}

const letIn = (context: AuthContext, options: SshServerOptions, seen: Seen): void => {
  const { authorized, password, interactive = false } = options
  const methods: AuthenticationType[] = [
    ...(authorized ? ['publickey' as const] : []),
    ...(password === undefined
      ? []
      : [interactive ? ('keyboard-interactive' as const) : ('password' as const)]),
  ]
  const answer = (right: boolean): void => {
    const asksOnly = context.method === 'publickey' && !context.signature
    if (right && !asksOnly) seen.logins.push(context.method)
    if (right) context.accept()
    else context.reject(methods)
  }
  if (!methods.includes(context.method)) answer(false)
  else if (context.method === 'publickey') answer(isAuthorized(context, options))
  else if (context.method === 'password') answer(context.password === password)
  else if (context.method === 'keyboard-interactive')
    context.prompt([{ prompt: 'Password: ', echo: false }], ([given]) => answer(given === password))
}

const serve = (client: Connection, options: SshServerOptions, seen: Seen): void => {
  // Its types leave this out; without it every answer waits 40 ms, which no sshd does.
  ;(client as unknown as { readonly setNoDelay: (on: boolean) => void }).setNoDelay(true)
  seen.clients.add(client)
  client.on('close', () => seen.clients.delete(client))
  client.on('error', () => undefined)
  client.on('authentication', (context) => letIn(context, options, seen))
  client.on('session', (acceptSession) => {
    const session: Session = acceptSession()
    session.on('exec', (acceptExec, _reject, { command }) => {
      seen.commands.push(command)
      runOn(acceptExec(), command, options, seen)
    })
  })
  client.on('tcpip', (accept, reject, { destIP, destPort }) => {
    const socket = connect(destPort, options.reaches ?? destIP)
    socket.once('error', () => reject?.())
    socket.once('connect', () => {
      seen.forwards += 1
      const channel = accept()
      channel.on('error', () => undefined)
      socket.on('error', () => channel.close())
      channel.pipe(socket).pipe(channel)
    })
  })
}

export const sshServer = async (options: SshServerOptions): Promise<SshServer> => {
  const seen: Seen = { commands: [], logins: [], children: new Set(), clients: new Set(), forwards: 0 }
  const server = new ssh2.Server({ hostKeys: [...options.hostKeys] }, (client) =>
    serve(client, options, seen),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const relay = await tcpRelay((server.address() as AddressInfo).port)
  return {
    port: relay.port,
    cut: relay.cut,
    freeze: relay.freeze,
    commands: seen.commands,
    logins: seen.logins,
    forwards: () => seen.forwards,
    connected: () => seen.clients.size,
    running: () => [...seen.children],
    close: async () => {
      await relay.close()
      for (const child of seen.children) child.kill('SIGKILL')
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}
