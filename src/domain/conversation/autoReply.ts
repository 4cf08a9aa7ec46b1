/** R26: what a contact gets who writes while the sector is closed. */
export interface AutoReply {
  readonly enabled: boolean;
  readonly text: string;
}
