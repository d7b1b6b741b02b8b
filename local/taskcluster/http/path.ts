/** A decoded segment of a path. A segment with invalid percent-encoding stays unchanged, and matches nothing. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
