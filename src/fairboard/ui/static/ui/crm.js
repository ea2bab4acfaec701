/* What pages of the CRM do beyond htmx; every one of them works without it. */
"use strict";
