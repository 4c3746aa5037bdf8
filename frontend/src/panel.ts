import { ArchivePage } from "./panel/archive-page";
import { OverviewPage } from "./panel/overview";
import { RecordsPanel } from "./panel/records-panel";
import { SessionPageElement } from "./panel/session-page";
import { VerifyPage } from "./panel/verify-page";
import { define } from "./common/define";

define("dmed4-archive-page", ArchivePage);
define("dmed4-overview-page", OverviewPage);
define("dmed4-session-page", SessionPageElement);
define("dmed4-verify-page", VerifyPage);
define("lovato-dmed4-panel", RecordsPanel);
