/** A condition as it is looked at: met, or what was last seen. Some sights end the wait at once: they will not get better. */
import type { ApiClient } from '../../api/client.ts'
import type { Host } from '../../host/types.ts'

export type Sight =
  | { readonly met: true }
  | { readonly met: false; readonly seen: string; readonly hopeless?: boolean }

export type Around = {
  /** The one that waits. */
  readonly host: Host
  /** The names of all hosts that this run reaches. */
  readonly connected: ReadonlySet<string>
  readonly signal?: AbortSignal | undefined
  /** What a look leaves to those that come after it, in the same wait. */
  readonly memory: Map<string, string>
}

export type Look = (
  api: () => Promise<ApiClient>,
  args: Readonly<Record<string, string>>,
  around: Around,
) => Promise<Sight>

export type Watched = {
  readonly id: string
  readonly look: Look
  /** The one command to run when it did not come about. */
  readonly hint: string
}
