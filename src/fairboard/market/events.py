"""The kinds of event the market writes."""

from fairboard.ledger.kinds import declare

SUBMITTED = declare("market.ad.submitted", "A member sent a new ad or a new version of one.")
PUBLISHED = declare("market.ad.published", "A version of an ad became visible to everybody.")
HIDDEN = declare("market.ad.hidden", "An ad was taken out of sight after a decision.")
WITHDRAWN = declare("market.ad.withdrawn", "The seller took the ad down.")
SOLD = declare("market.ad.sold", "The seller marked the ad as sold.")
RENEWED = declare("market.ad.renewed", "The seller put the ad on top of the list for another term.")
EXPIRED = declare("market.ad.expired", "The ad's term ended.")
PHOTO_ADDED = declare("market.photo.added", "A member uploaded a photo.")
CATALOGUE = declare("market.catalogue.loaded", "The packaged places and categories were loaded.")
IMPORTED = declare("market.ads.imported", "A batch of ads was imported from a file.")
