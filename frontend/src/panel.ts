import { ArchivePage } from "./panel/archive-page";
import { BillingPage } from "./panel/billing-page";
import { DriversPage } from "./panel/drivers-page";
import { OverviewPage } from "./panel/overview";
import { PricesPage } from "./panel/prices-page";
import { RecordsPanel } from "./panel/records-panel";
import { SessionPageElement } from "./panel/session-page";
import { VerifyPage } from "./panel/verify-page";
import { define } from "./common/define";

define("dmed4-archive-page", ArchivePage);
define("dmed4-billing-page", BillingPage);
define("dmed4-drivers-page", DriversPage);
define("dmed4-overview-page", OverviewPage);
define("dmed4-prices-page", PricesPage);
define("dmed4-session-page", SessionPageElement);
define("dmed4-verify-page", VerifyPage);
define("lovato-dmed4-panel", RecordsPanel);
