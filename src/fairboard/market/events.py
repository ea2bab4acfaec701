"""The kinds of event the market writes."""

from fairboard.ledger.kinds import declare

SUBMITTED = declare("market.ad.submitted", "A member sent a new ad or a new version of one.")
PUBLISHED = declare("market.ad.published", "A version of an ad became visible to everybody.")
HIDDEN = declare("market.ad.hidden", "An ad was taken out of sight after a decision.")
WITHDRAWN = declare("market.ad.withdrawn", "The seller took the ad down.")
SOLD = declare("market.ad.sold", "The seller marked the ad as sold.")
RENEWED = declare("market.ad.renewed", "The seller put the ad on top of the list for another term.")
EXPIRED = declare("market.ad.expired", "The ad's term ended.")
DELETED = declare("market.ad.deleted", "The seller deleted an ad from their list.")
ERASED = declare("market.ad.erased", "What an ad said and showed was erased.")
REMINDED = declare("market.ad.reminded", "The seller was told that the ad's term ends soon.")
DRAFT_BEGUN = declare("market.draft.begun", "Somebody began to write an ad.")
DRAFT_TAKEN_OVER = declare("market.draft.taken_over", "A member took over the draft they wrote before signing in.")
DRAFT_DISCARDED = declare("market.draft.discarded", "A draft was thrown away, or its time was over.")
PHOTO_ADDED = declare("market.photo.added", "Somebody uploaded a photo.")
CATALOGUE = declare("market.catalogue.loaded", "The packaged places and categories were loaded.")
IMPORTED = declare("market.ads.imported", "A batch of ads was imported from a file.")
