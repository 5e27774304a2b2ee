import type { Profile } from './profile';

/**
 * Function names with what `@names` stand for in a profile.
 * @throws Error if the profile does not list an `@name`
 */
export function expandFrames(profile: Pick<Profile, 'id' | 'frames'>, frames: readonly string[]): string[] {
  return frames.flatMap((frame) => {
    if (!frame.startsWith('@')) return [frame];
    if (!Object.hasOwn(profile.frames, frame)) throw new Error(`profile ${profile.id} has no frames ${frame}`);
    return expandFrames(profile, profile.frames[frame]);
  });
}
