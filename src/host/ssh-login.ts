/** Ways to log in, in the order in which they are tried. Takes a target and its credentials; gives ssh2's handler. */
import type { AuthenticationType } from 'ssh2'
import type { Credentials } from './credentials.ts'
import type { SshTarget } from './ssh-target.ts'

/** Each way once: keys in order, then the agent, then the password, both ways of asking for it. */
const authSequence = (target: SshTarget, credentials: Credentials): readonly Record<string, unknown>[] => [
  ...credentials.keys.map(({ key }) => ({ type: 'publickey', username: target.user, key })),
  ...(target.agentSocket ? [{ type: 'agent', username: target.user, agent: target.agentSocket }] : []),
  ...(credentials.password === undefined
    ? []
    : [
        { type: 'password', username: target.user, password: credentials.password },
        {
          type: 'keyboard-interactive',
          username: target.user,
          prompt: (
            _name: string,
            _text: string,
            _lang: string,
            prompts: readonly unknown[],
            finish: (answers: readonly string[]) => void,
          ) => finish(prompts.map(() => credentials.password ?? '')),
        },
      ]),
]

export const authHandler = (target: SshTarget, credentials: Credentials) => {
  const sequence = authSequence(target, credentials)
  let next = 0
  return (
    _left: AuthenticationType[] | null,
    _partial: boolean | null,
    callback: (method: unknown) => void,
  ): void => {
    callback(sequence[next++] ?? false)
  }
}
