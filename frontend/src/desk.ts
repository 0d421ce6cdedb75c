// The desks: everything the portal has, and the keys and bulk choices of people who work here all day.
import { startBulk } from "./bulk";
import { startKeyboard } from "./keyboard";
import { startMenus } from "./menu";
import { startPreview } from "./preview";
import { startPrint } from "./print";
import "./portal";

startKeyboard();
startBulk();
startPreview();
startPrint();
startMenus();
