/** Rules about flags and settings that the user adds to the cluster's components. */
import type { PathProblem } from '../problems.ts'
import { type Component, neededParts, ownedFlags } from './owned-flags.ts'
import type { Rule } from './types.ts'

const components: readonly Component[] = ['apiServer', 'controllerManager', 'scheduler', 'etcd']

export const flagsAreNotOurs: Rule = ({ controlPlane }) =>
  components.flatMap((component) =>
    Object.keys(controlPlane[component].extraArgs).flatMap((flag): readonly PathProblem[] => {
      const owned = ownedFlags[component].find(({ flags }) => flags.test(flag))
      if (!owned) return []
      return [
        {
          path: ['controlPlane', component, 'extraArgs', flag],
          atKey: true,
          what: `Slipway sets --${flag} itself`,
          hint: owned.instead,
        },
      ]
    }),
  )

export const listsKeepWhatIsNeeded: Rule = ({ controlPlane }) =>
  components.flatMap((component) =>
    Object.entries(controlPlane[component].extraArgs).flatMap(([flag, value]): readonly PathProblem[] => {
      const parts = value.split(',')
      const lacking = (neededParts[`${component} ${flag}`] ?? []).filter((part) => !parts.includes(part))
      if (lacking.length === 0) return []
      return [
        {
          path: ['controlPlane', component, 'extraArgs', flag],
          what: `--${flag} replaces the whole list, and lacks ${lacking.join(' and ')}`,
          hint: `Add ${lacking.join(',')} to it: the cluster needs that.`,
        },
      ]
    }),
  )

/** Slipway writes these two lines; another kind of object there would be ignored or refused on every node. */
export const settingsHaveNoKind: Rule = (config) =>
  (['kubelet', 'kubeProxy'] as const).flatMap((section) =>
    ['apiVersion', 'kind']
      .filter((key) => Object.hasOwn(config[section].config, key))
      .map((key) => ({
        path: [section, 'config', key],
        atKey: true,
        what: `${section}.config must not have "${key}"`,
        hint: 'Slipway writes it: leave the line out.',
      })),
  )
