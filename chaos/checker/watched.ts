/** A conversation as somebody was shown it. */
export interface Shown {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly state: string | null;
  readonly sectorId: string;
  readonly channelId: string;
  readonly ownerId: string | null;
  readonly offer: ShownOffer | null;
}

export interface ShownOffer {
  readonly id: string;
  readonly agentId: string;
  readonly startedAt: number;
  readonly expiresAt: number | null;
  readonly remainingMs: number | null;
  readonly paused: boolean;
}

/** A reading request of one person. */
export interface Reading {
  readonly by: string;
  readonly kind: 'list' | 'search' | 'counts' | 'item' | 'messages' | 'timeline';
  /** The view of a list, the text of a search, the id of one conversation. */
  readonly of: string;
  readonly startedAt: number;
  readonly answeredAt: number;
  readonly status: number;
  readonly shown: readonly Shown[];
  /** Of counts: the sectors that they name. */
  readonly sectors?: readonly string[];
}

/** One reader's live stream, over all its connections. */
export interface Stream {
  readonly by: string;
  /** Whether nothing was changed in the run of what this reader may see. */
  readonly isSteady: boolean;
  readonly heard: readonly Heard[];
  /** The position up to which the reader had got everything in the end. */
  readonly upTo: number;
}

/** The beginning of a connection, or a message. */
export type Heard =
  | { readonly kind: 'connected'; readonly at: number; /** The id behind which it begins. */ readonly from: string }
  | {
      readonly kind: 'message';
      readonly at: number;
      readonly id: string;
      readonly type: string;
      readonly data: Readonly<Record<string, unknown>>;
      /** Of `conversation.entered`. */
      readonly shown: Shown | null;
    };

export interface AtRest {
  /** Everything in each view of each person. */
  readonly lists: readonly { readonly by: string; readonly view: string; readonly ids: readonly string[] }[];
  /** The number in each view, and the states by sector. */
  readonly counts: readonly {
    readonly by: string;
    readonly views: Readonly<Record<string, number>>;
    readonly sectors: Readonly<Record<string, Readonly<Record<string, number>>>>;
  }[];
  /** The timelines of some conversations. */
  readonly timelines: readonly { readonly conversationId: string; readonly items: readonly TimelineItem[] }[];
}

export interface TimelineItem {
  readonly seq: number;
  readonly type: string;
  readonly summary: string;
  readonly decision: {
    readonly considered: readonly { readonly userId: string; readonly outcome: string; readonly words: string }[];
    readonly pointerBefore: string | null;
    readonly pointerAfter: string | null;
    readonly round: number | null;
    /** Whether the settings that were used are told. */
    readonly hasSettings: boolean;
  } | null;
}

export interface Drained {
  /** Those that were active. */
  readonly ids: readonly string[];
  /** Who closed each of them. */
  readonly closedBy: Readonly<Record<string, string>>;
  /** Those that are still active, and those whose workflow still runs. */
  readonly active: readonly string[];
  readonly running: readonly string[];
  readonly wakeUps: number;
}
