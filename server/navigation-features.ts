/** Moving around in connector files and seeing more of them: the group of features that find and show names. */
import type { FeatureGroup } from './feature.ts';

/** Definition, references, rename, symbols and the like. */
export const navigationFeatures: FeatureGroup = {
  capabilities: () => ({}),
  register: () => undefined,
};
