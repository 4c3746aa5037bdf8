/* Built from frontend/ by its build.mjs. Lit: BSD-3-Clause, Google LLC. */
import{A as Ie,B as D,a as A,b as a,c as P,d as p,e as W,f as O,j as ze,k as X,l as Le,n as Ee,o as Ae,q as w,r as V,s as J,t as _,w as Oe,x as De,z as Q}from"./shared.js";var et=1e3,b=class{value;error="";busy=!1;#e;#t=0;#i;constructor(e){this.#e=e,e.addController(this)}hostDisconnected(){clearTimeout(this.#i)}clear(){clearTimeout(this.#i),this.#t+=1,this.value=void 0,this.error="",this.busy=!1}async load(e,t,i={}){clearTimeout(this.#i),this.#t+=1;let n=this.#t;this.busy=!0,this.#e.requestUpdate();try{let s=await e.callWS({type:`${O}/${t}`,...i});if(n!==this.#t)return;this.value=s,this.error=""}catch(s){let l=await Q(e,s);if(n!==this.#t)return;if(s?.code==="unknown_command"){this.#i=setTimeout(()=>{this.load(e,t,i)},et);return}this.error=l}this.busy=!1,this.#e.requestUpdate()}};var I={search:"",meter:"",since:"",until:"",verdict:""},U={view:"sessions",session:0,filters:I,period:"day",page:1},fe=["valid","inconsistent","unverifiable","key_changed","invalid"],tt=/^\d{4}-\d{2}-\d{2}$/,it=2**31-1;function ge(r){return Object.values(r).some(e=>e!=="")}function ve(r,e){let[t="",i=""]=r.split("/").filter(Boolean),n=new URLSearchParams(e),s=o=>{let c=n.get(o)??"";return tt.test(c)&&!Number.isNaN(Date.parse(c))?c:""},l=t==="session"?Ce(i):0;return{view:l?"session":t==="verify"||t==="archive"?t:"sessions",session:l,filters:{search:n.get("search")??"",meter:n.get("meter")??"",since:s("since"),until:s("until"),verdict:fe.find(o=>o===n.get("verdict"))??""},period:n.get("period")==="month"?"month":"day",page:Ce(n.get("page")??"")||1}}function Ce(r){let e=/^\d+$/.test(r)?Number(r):0;return e<=it?e:0}function q({view:r,session:e,filters:t,period:i,page:n}){let s=new URLSearchParams;if(r==="session")t.meter&&s.set("meter",t.meter);else if(r==="sessions"){for(let[c,d]of Object.entries(t))d&&s.set(c,d);i!=="day"&&s.set("period",i),n>1&&s.set("page",String(n))}let l={sessions:"",session:`/session/${e}`,verify:"/verify",archive:"/archive"},o=s.toString();return o?`${l[r]}?${o}`:l[r]}function ee(r,e){return{...e.length?{device_id:e}:{},...r.search.trim()?{search:r.search.trim()}:{},...r.since?{since:r.since}:{},...r.until?{until:B(r.until)}:{},...r.verdict?{verdict:[r.verdict]}:{}}}function B(r,e=1){let t=new Date(`${r}T00:00:00Z`);return t.setUTCDate(t.getUTCDate()+e),t.toISOString().slice(0,10)}var nt=34;function ye(r,e,t=!1){let i=`${r}${q(e)}`;t?history.replaceState(history.state,"",i):history.pushState({fromList:rt(r)&&e.view==="session"},"",i),window.dispatchEvent(new CustomEvent("location-changed",{detail:{replace:t}}))}function rt(r){return window.location.pathname.replace(/\/$/,"")===r}var k=class extends W{static properties={hass:{attribute:!1},texts:{attribute:!1},info:{attribute:!1},place:{attribute:!1},base:{attribute:!1},revision:{attribute:!1},_problem:{state:!0},_width:{state:!0}};#e=new ResizeObserver(([e])=>{e&&(this._width=Math.max(240,Math.round(e.contentRect.width)-nt))});constructor(){super(),this._problem="",this._width=720}connectedCallback(){super.connectedCallback(),this.#e.observe(this)}disconnectedCallback(){super.disconnectedCallback(),this.#e.disconnect()}href(e){return`${this.base}${q({...this.place,...e})}`}go(e,t=!1){ye(this.base,{...this.place,...e},t)}async save(e){this._problem="";try{await ze(this.hass,e)}catch(t){this._problem=await Q(this.hass,t)}}shouldUpdate(e){let t=e.get("hass");return e.size>1||t?.locale!==this.hass.locale}};var y="–";function u(r,e,t){return r(`${e}.${t}`)||t}function $(r,e){return r===null?y:J(new Date(r),e,new Date(0))}function C(r,e){if(r===null)return y;let t=r.split(".")[1]?.length??0;return`${w(Number(r),t,e.locale)} kWh`}function H(r,e,t={dateStyle:"medium"}){return new Intl.DateTimeFormat(e.locale.language,{...t,timeZone:"UTC"}).format(new Date(`${r}T00:00:00Z`))}function F(r,e){return r===null?y:u(e,"identification_type",r.toLowerCase())}function He({identification:r},e){return r===null||r===""?e("panel.unidentified"):r}function Fe(r,e){let t=Object.fromEntries(r.values.map((i,n)=>[`value_${n+1}`,i]));return e(`finding.${r.code}`,t)||r.code}var st={valid:["success","mdi:shield-check"],inconsistent:["warning","mdi:shield-alert-outline"],unverifiable:["neutral","mdi:shield-off-outline"],key_changed:["warning","mdi:key-alert-outline"],invalid:["danger","mdi:shield-remove"]},at={note:["neutral","mdi:information-outline"],warning:["warning","mdi:alert-outline"],error:["danger","mdi:alert-circle-outline"]};function L(r){return st[r]??["neutral","mdi:shield-off-outline"]}function j(r){let[e,t]=at[r];return a`<ha-icon class="tone ${e}" icon=${t}></ha-icon>`}function te(r,e){let[t,i]=L(r);return a`<span class="chip ${t}"
><ha-icon icon=${i}></ha-icon>${u(e,"panel.verdict",r)}</span
>`}function f(r,e,t){return a`<div class="notice ${r}" role=${r==="danger"?"alert":"status"}>
<ha-icon icon=${e}></ha-icon>
<div>${t}</div>
</div>`}function S(r,e,t){return r.error?f("danger","mdi:alert-circle-outline",a`<p>${r.error}</p>
<button type="button" ?disabled=${r.busy} @click=${t}>
${e("panel.retry")}
</button>`):p}function T(r){return a`<div class="waiting" role="status">
<span class="visually-hidden">${r("panel.loading")}</span>
<i></i><i></i><i></i>
</div>`}function N(r){let e=r.filter(([,t])=>t!==null&&t!==""&&t!==p);return a`<dl>
${e.map(([t,i])=>a`<div>
<dt>${t}</dt>
<dd>${i}</dd>
</div>`)}
</dl>`}var x=A`var(--secondary-text-color, #5e5e5e)`,Ne=A`
:host {
display: flex;
flex-direction: column;
height: 100dvh;
background: var(--primary-background-color, #fafafa);
}
.bar {
display: flex;
flex: none;
align-items: center;
height: var(--header-height, 56px);
padding: var(--safe-area-inset-top, 0) calc(12px + var(--safe-area-inset-right, 0px)) 0
calc(12px + var(--safe-area-inset-left, 0px));
background: var(--app-header-background-color, #009ac7);
color: var(--app-header-text-color, #fff);
}
h1 {
margin: 0 0 0 8px;
overflow: hidden;
font-size: var(--ha-font-size-xl, 20px);
font-weight: normal;
text-overflow: ellipsis;
white-space: nowrap;
}
.tabs {
display: flex;
flex: none;
gap: 4px;
padding: 0 calc(12px + var(--safe-area-inset-right, 0px)) 0
calc(12px + var(--safe-area-inset-left, 0px));
overflow-x: auto;
border-bottom: 1px solid var(--divider-color, rgb(0 0 0 / 12%));
background: var(--card-background-color, #fff);
}
.tabs a {
display: inline-flex;
flex: none;
align-items: center;
gap: 8px;
min-height: 48px;
padding: 0 12px;
border-bottom: 3px solid transparent;
color: ${x};
font-weight: var(--ha-font-weight-medium, 500);
text-decoration: none;
}
.tabs a:hover,
.tabs a[aria-current] {
color: var(--primary-text-color, #141414);
}
.tabs a[aria-current] {
border-bottom-color: var(--primary-color, #009ac7);
}
.tabs a:focus-visible {
outline-offset: -4px;
}
.tabs ha-icon {
--mdc-icon-size: 20px;
}
main {
flex: 1;
overflow-y: auto;
container-type: inline-size;
}
.content {
box-sizing: border-box;
max-width: 1120px;
margin: 0 auto;
padding: 16px calc(16px + var(--safe-area-inset-right, 0px))
calc(32px + var(--safe-area-inset-bottom, 0px)) calc(16px + var(--safe-area-inset-left, 0px));
}
`,R=A`
:host {
display: block;
color: var(--primary-text-color, #141414);
font-size: var(--ha-font-size-m, 14px);
line-height: 1.5;
}
.card {
display: block;
margin: 0 0 16px;
padding: 16px;
border: 1px solid var(--ha-card-border-color, var(--divider-color, rgb(0 0 0 / 12%)));
border-radius: var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px));
background: var(--ha-card-background, var(--card-background-color, #fff));
}
.card > header {
display: flex;
flex-wrap: wrap;
align-items: center;
justify-content: space-between;
gap: 8px 16px;
margin-bottom: 12px;
}
h2,
h3,
h4,
p,
figure,
ul {
margin: 0;
padding: 0;
}
h2,
h3 {
font-size: var(--ha-font-size-l, 16px);
font-weight: var(--ha-font-weight-medium, 500);
}
h2.title {
margin: 4px 0 12px;
font-size: var(--ha-font-size-2xl, 24px);
font-weight: normal;
line-height: 1.3;
}
h4 {
margin: 16px 0 4px;
font-size: var(--ha-font-size-m, 14px);
font-weight: var(--ha-font-weight-medium, 500);
}
a {
color: inherit;
}
ul {
list-style: none;
}
small,
.quiet {
color: ${x};
font-size: var(--ha-font-size-s, 12px);
}
code,
pre {
font-family: var(--ha-font-family-code, monospace);
font-size: var(--ha-font-size-s, 12px);
}
code.long {
overflow-wrap: anywhere;
}
pre {
max-height: 240px;
margin: 8px 0;
padding: 12px;
overflow: auto;
border-radius: var(--ha-border-radius-md, 8px);
background: var(--ha-color-form-background, #f3f3f3);
white-space: pre-wrap;
overflow-wrap: anywhere;
}
.tone,
.notice,
.banner,
.chip {
--dmed4-fill: var(--ha-color-fill-neutral-normal-resting, #e6e6e6);
--dmed4-on: var(--primary-text-color, #141414);
}
.success {
--dmed4-fill: var(--ha-color-fill-success-normal-resting, #c2f2c1);
--dmed4-on: var(--ha-color-on-success-normal, #036730);
}
.warning {
--dmed4-fill: var(--ha-color-fill-warning-normal-resting, #ffe0c8);
--dmed4-on: var(--ha-color-on-warning-normal, #9d3800);
}
.danger {
--dmed4-fill: var(--ha-color-fill-danger-normal-resting, #ffdedc);
--dmed4-on: var(--ha-color-on-danger-normal, #b30532);
}
.tone {
flex: none;
color: var(--dmed4-on);
}
.tone.neutral {
color: ${x};
}
.chip {
display: inline-flex;
align-items: center;
gap: 6px;
padding: 3px 10px 3px 8px;
border-radius: var(--ha-border-radius-pill, 9999px);
background: var(--dmed4-fill);
color: var(--dmed4-on);
font-size: var(--ha-font-size-s, 12px);
font-weight: var(--ha-font-weight-medium, 500);
line-height: 18px;
white-space: nowrap;
}
.chip ha-icon {
--mdc-icon-size: 16px;
}
.notice,
.banner {
display: flex;
gap: 12px;
margin: 0 0 16px;
padding: 12px 16px;
border-radius: var(--ha-border-radius-lg, 12px);
background: var(--dmed4-fill);
color: var(--dmed4-on);
}
.notice > div {
display: flex;
flex: 1;
flex-wrap: wrap;
align-items: center;
gap: 8px 16px;
min-width: 0;
overflow-wrap: anywhere;
}
.notice p {
flex: 1 1 200px;
}
.notice button,
.notice button:hover:not([disabled]) {
background: var(--card-background-color, #fff);
color: var(--primary-text-color, #141414);
}
.banner {
padding: 16px;
}
.banner > ha-icon {
flex: none;
--mdc-icon-size: 32px;
}
.banner strong {
font-size: var(--ha-font-size-xl, 20px);
font-weight: var(--ha-font-weight-medium, 500);
line-height: 32px;
}
.banner p {
max-width: 75ch;
margin-top: 4px;
}
dl {
display: grid;
grid-template-columns: repeat(auto-fill, minmax(min(190px, 45%), 1fr));
gap: 12px 24px;
margin: 0;
}
* + h3 {
margin-top: 16px;
}
dt {
color: ${x};
font-size: var(--ha-font-size-s, 12px);
}
dd {
margin: 0;
overflow-wrap: anywhere;
font-variant-numeric: tabular-nums;
}
dd small {
display: block;
}
dd b {
font-size: var(--ha-font-size-xl, 20px);
font-weight: var(--ha-font-weight-medium, 500);
line-height: 1.2;
}
label > span {
display: block;
margin-bottom: 4px;
color: ${x};
font-size: var(--ha-font-size-s, 12px);
}
textarea {
display: block;
box-sizing: border-box;
width: 100%;
padding: 12px;
resize: vertical;
border: 0;
border-bottom: 1px solid var(--ha-color-border-neutral-normal, #7a7a7a);
border-radius: var(--ha-border-radius-md, 8px) var(--ha-border-radius-md, 8px) 0 0;
background: var(--ha-color-form-background, #f3f3f3);
color: var(--primary-text-color, #141414);
font-family: var(--ha-font-family-code, monospace);
font-size: var(--ha-font-size-s, 12px);
line-height: 1.5;
}
::placeholder {
color: ${x};
opacity: 1;
}
.filters {
display: grid;
grid-template-columns: repeat(auto-fit, minmax(150px, 1fr));
align-items: end;
gap: 12px;
margin-bottom: 16px;
}
.filters .wide {
grid-column: span 2;
}
.filters input,
.filters select {
background: var(--card-background-color, #fff);
}
.verify {
display: grid;
gap: 16px;
margin: 16px 0 0;
}
.verify button {
justify-self: start;
}
.verify + .notice {
margin: 16px 0 0;
}
button ha-icon {
--mdc-icon-size: 20px;
}
.icon {
width: 44px;
padding: 0;
}
.downloads {
display: flex;
flex-wrap: wrap;
gap: 6px;
}
.downloads button {
gap: 4px;
padding: 0 13px 0 9px;
}
.switch {
display: flex;
border-radius: var(--ha-border-radius-pill, 9999px);
background: var(--ha-color-fill-neutral-quiet-resting, #f3f3f3);
}
.switch button {
background: none;
}
[aria-pressed="true"],
[aria-pressed="true"]:hover:not([disabled]) {
background: var(--ha-color-fill-primary-normal-resting, #dff3fc) !important;
}
.back {
display: inline-flex;
align-items: center;
gap: 8px;
min-height: 44px;
text-decoration: none;
}
.back:hover {
text-decoration: underline;
}
.parts > li,
.keys > li {
display: flex;
gap: 12px;
padding: 10px 0;
}
.parts > li + li,
.keys > li + li {
border-top: 1px solid var(--divider-color, rgb(0 0 0 / 12%));
}
.parts > li > div,
.keys > li > div {
flex: 1;
min-width: 0;
}
.parts h4 {
margin: 0;
}
.parts p,
.keys p {
max-width: 80ch;
}
.deviations li {
display: flex;
gap: 8px;
padding: 2px 0;
}
.deviations ha-icon {
--mdc-icon-size: 18px;
}
.check {
display: grid;
grid-template-columns: 1fr auto;
align-items: center;
gap: 12px 24px;
}
.check .wide {
grid-column: 1 / -1;
}
.check .notice {
margin: 0;
}
.progress {
margin-top: 12px;
}
progress {
width: 100%;
accent-color: var(--primary-color, #009ac7);
}
summary {
display: flex;
align-items: center;
gap: 8px 12px;
min-height: 44px;
cursor: pointer;
}
summary::after {
flex: none;
width: 8px;
height: 8px;
margin-inline: auto 4px;
border: solid ${x};
border-width: 0 2px 2px 0;
content: "";
transform: translateY(-2px) rotate(45deg);
}
[open] > summary::after {
transform: translateY(2px) rotate(225deg);
}
summary::-webkit-details-marker {
display: none;
}
.raw > summary,
.numbers > summary {
color: ${x};
}
.records > h3 {
margin: 24px 0 8px;
}
.record {
padding: 4px 16px;
}
.record[open] {
padding-bottom: 16px;
}
.record > summary {
flex-wrap: wrap;
}
.record .name {
font-weight: var(--ha-font-weight-medium, 500);
}
.record .chip {
margin-inline-start: auto;
}
.record > summary::after {
margin-inline: 0 4px;
}
.empty {
padding: 48px 16px;
color: ${x};
text-align: center;
}
.empty h2 {
margin: 8px 0;
color: var(--primary-text-color, #141414);
}
.empty p {
max-width: 60ch;
margin: 8px auto;
}
.empty ha-icon {
--mdc-icon-size: 48px;
}
.waiting {
display: grid;
gap: 12px;
padding: 8px 0;
}
.waiting i {
height: 20px;
border-radius: 4px;
background: var(--ha-color-fill-neutral-normal-resting, #e6e6e6);
opacity: 0.6;
}
.waiting i:nth-of-type(2) {
width: 70%;
}
.waiting i:nth-of-type(3) {
width: 45%;
}
@media (prefers-reduced-motion: no-preference) {
.waiting i {
animation: wait 1s ease-in-out infinite alternate;
}
@keyframes wait {
to {
opacity: 0.25;
}
}
}
@container (max-width: 600px) {
.filters .wide {
grid-column: 1 / -1;
}
.check {
grid-template-columns: 1fr;
}
.filters {
grid-template-columns: 1fr 1fr;
}
}
`,M=A`
.scroll {
overflow-x: auto;
}
table {
width: 100%;
border-collapse: collapse;
font-variant-numeric: tabular-nums;
}
th,
td {
padding: 8px 24px 8px 0;
border-bottom: 1px solid var(--divider-color, rgb(0 0 0 / 12%));
text-align: start;
vertical-align: top;
}
thead th {
color: ${x};
font-size: var(--ha-font-size-s, 12px);
font-weight: normal;
white-space: nowrap;
}
tbody th {
font-weight: normal;
}
.number {
text-align: end;
white-space: nowrap;
}
.sessions td {
height: 44px;
vertical-align: middle;
}
.sessions td:last-child,
.sessions th:last-child {
padding-inline-end: 0;
}
.sessions small {
display: block;
line-height: 1.3;
}
.sessions tbody tr {
position: relative;
}
.sessions tbody tr:hover {
background: var(--ha-color-fill-neutral-quiet-resting, #f3f3f3);
}
.sessions a {
text-decoration: none;
white-space: nowrap;
}
.sessions a:hover {
text-decoration: underline;
}
/* The whole row leads to the session. */
.sessions a::after {
position: absolute;
inset: 0;
content: "";
}
.sessions a:focus-visible {
outline: none;
}
.sessions a:focus-visible::after {
outline: 2px solid var(--primary-color, #009ac7);
outline-offset: -2px;
}
.who,
.tariff,
.meter {
max-width: 220px;
overflow-wrap: anywhere;
}
.open {
color: var(--ha-color-on-success-normal, #036730);
font-weight: var(--ha-font-weight-medium, 500);
}
.paging {
display: flex;
align-items: center;
justify-content: flex-end;
gap: 8px;
margin-top: 12px;
}
.list[aria-busy="true"] tbody {
opacity: 0.6;
}
@container (max-width: 720px) {
.sessions,
.sessions tbody {
display: block;
}
.sessions thead {
position: absolute;
width: 1px;
height: 1px;
overflow: hidden;
clip-path: inset(50%);
}
.sessions tbody tr {
display: grid;
grid-template-columns: 1fr auto;
align-items: center;
gap: 2px 12px;
padding: 12px 0;
border-bottom: 1px solid var(--divider-color, rgb(0 0 0 / 12%));
}
.sessions td {
height: auto;
max-width: none;
padding: 0;
border: 0;
}
.sessions .begin {
font-weight: var(--ha-font-weight-medium, 500);
}
.sessions .verdict {
grid-area: 1 / 2;
justify-self: end;
}
.sessions .energy {
grid-area: 2 / 2;
font-weight: var(--ha-font-weight-medium, 500);
}
.sessions .who {
grid-area: 2 / 1;
}
.sessions .duration {
grid-area: 3 / 2;
color: ${x};
}
.sessions .tariff,
.sessions .meter {
grid-column: 1;
color: ${x};
font-size: var(--ha-font-size-s, 12px);
}
}
`,ie=A`
:host {
--dmed4-series-0: #3b82c4;
--dmed4-series-1: #d9730d;
--dmed4-series-2: #12938a;
--dmed4-series-3: #a05cc8;
--dmed4-series-4: #808080;
}
figcaption {
color: ${x};
}
.plot {
margin-top: 8px;
overflow: hidden;
}
svg {
display: block;
width: 100%;
height: auto;
overflow: visible;
}
.grid {
stroke: var(--divider-color, rgb(0 0 0 / 12%));
}
.tick {
fill: ${x};
font-size: 12px;
font-variant-numeric: tabular-nums;
}
.hit {
fill: transparent;
}
.bar:hover .hit {
fill: var(--ha-color-fill-neutral-quiet-resting, #f3f3f3);
}
.series-0 {
fill: var(--dmed4-series-0);
background: var(--dmed4-series-0);
}
.series-1 {
fill: var(--dmed4-series-1);
background: var(--dmed4-series-1);
}
.series-2 {
fill: var(--dmed4-series-2);
background: var(--dmed4-series-2);
}
.series-3 {
fill: var(--dmed4-series-3);
background: var(--dmed4-series-3);
}
.series-4 {
fill: var(--dmed4-series-4);
background: var(--dmed4-series-4);
}
.line {
fill: none;
stroke: var(--dmed4-series-0);
stroke-linejoin: round;
stroke-width: 2;
}
.area {
fill: var(--dmed4-series-0);
opacity: 0.15;
}
.legend {
margin-inline: -12px;
display: flex;
flex-wrap: wrap;
gap: 4px 8px;
margin-top: 8px;
}
.legend button,
.legend .item {
display: inline-flex;
align-items: center;
gap: 8px;
min-height: 44px;
padding: 0 12px;
background: none;
font-weight: normal;
overflow-wrap: anywhere;
}
.legend i {
flex: none;
width: 12px;
height: 12px;
border-radius: 3px;
}
.legend b {
font-weight: var(--ha-font-weight-medium, 500);
white-space: nowrap;
}
`;var ot=50,ne=class extends k{static styles=[_,R,M];#e=new b(this);#t=new b(this);#i=-1;willUpdate(e){(e.has("revision")||!this.hasUpdated)&&this.#o()}#o=()=>{this.#t.load(this.hass,"records/list",{...this.#n(this.info.meters[0]),limit:ot})};#n(e){let{meters:t}=this.info;return!e||t.every(({archive:i})=>i===e.archive)?{}:{device_id:t.flatMap(({archive:i,device_id:n})=>i===e.archive?n??[]:[])}}#s(e){this.#i=e.archive,this.#e.clear(),this.#e.load(this.hass,"archive/verify",this.#n(e))}render(){let{meters:e}=this.info,t=[...new Set(e.map(({archive:i})=>i))];return a`${t.map(i=>this.#a(e.filter(n=>n.archive===i)))}
${this.#d()}`}#a(e){let{texts:t}=this,[i]=e,{value:n,busy:s}=this.#e,l=this.#i===i?.archive;return a`
${e.map(o=>this.#l(o))}
<section class="card check">
<div>
<h2>${t("panel.archive.verify")}</h2>
<p class="quiet">${t("panel.archive.verify_hint")}</p>
</div>
<button
type="button"
?disabled=${s||!i?.available}
@click=${()=>{i&&this.#s(i)}}
>
<ha-icon icon="mdi:shield-sync-outline"></ha-icon>
${t(s&&l?"panel.archive.verifying":"panel.archive.verify_now")}
</button>
<div class="wide" role="status">
${l&&n?f(n.suspicious?"warning":"success",n.suspicious?"mdi:shield-alert-outline":"mdi:shield-check",t("panel.archive.verified",{records:n.records,suspicious:n.suspicious,failed:n.failed})):p}
${l&&this.#e.error?f("danger","mdi:alert-circle-outline",this.#e.error):p}
</div>
</section>
`}#l(e){let{texts:t,hass:i}=this,{sync:n}=e,s=c=>w(c,0,i.locale),l=X(i,e.device_id??""),o=Ee(Le(i,l,"sensor.measurement_status"));return a`<section class="card">
<header>
<h2>
${e.device_id?a`<a href="/config/devices/device/${e.device_id}">${e.name}</a>`:e.name}
</h2>
</header>
${o?p:f("neutral","mdi:lan-disconnect",t("panel.archive.offline"))}
${e.available?p:f("warning","mdi:database-off-outline",t("panel.unavailable",{name:e.name,count:e.waiting}))}
${e.failed?f("danger","mdi:shield-remove",t("panel.archive.failed",{count:e.failed})):p}
${n.lost?f("danger","mdi:database-remove-outline",t("panel.archive.lost",{count:n.lost})):p}
${n.overwrites_soon?f("warning","mdi:database-alert-outline",t("panel.archive.overwrites_soon")):p}
${n.failed?f("warning","mdi:sync-alert",t("panel.archive.sync_failed")):p}
${N([[t("panel.archive.records"),a`<b>${s(e.records)}</b>`],[t("panel.archive.suspicious"),s(e.suspicious)],[t("panel.archive.missing"),n.missing===null?t("panel.archive.not_known"):s(n.missing)],[t("panel.archive.waiting"),e.waiting?s(e.waiting):null],[t("panel.archive.sync"),t(this.#p(e))]])}
${n.running?this.#r(e):p} ${this.#c(e)}
</section>`}#p({sync:e}){return e.running?"panel.archive.sync_running":e.missing===null?"panel.archive.sync_unknown":e.missing?"panel.archive.sync_behind":"panel.archive.sync_complete"}#r({name:e,sync:t}){let{texts:i}=this,n=t.fetched+(t.missing??0),s=i("panel.archive.progress",{fetched:t.fetched,all:n});return a`<div class="progress">
<progress aria-label=${e} max=${n||1} .value=${t.fetched}></progress>
<span>${s}</span>
</div>`}#c({keys:e}){let{texts:t,hass:i}=this;return a`<h3>${t("panel.archive.keys")}</h3>
${e.length?a`<ul class="keys">
${e.map(n=>a`<li>
<ha-icon
class="tone ${n.state==="changed"?"warning":n.state==="pinned"?"success":"neutral"}"
icon=${n.state==="changed"?"mdi:key-alert-outline":"mdi:key-outline"}
></ha-icon>
<div>
<p>${u(t,"key_state",n.state)}</p>
<p class="quiet">
${t("panel.archive.seen",{first:$(n.first_seen,i),last:$(n.last_seen,i)})}
</p>
<p class="quiet">
${t("panel.part.fingerprint")}
<code class="long">${n.fingerprint}</code>
</p>
<details class="raw">
<summary>${t("panel.public_key")}</summary>
<pre tabindex="0" aria-label=${t("panel.public_key")}>
${n.public_key}</pre>
</details>
</div>
</li>`)}
</ul>`:a`<p class="quiet">${t("panel.archive.no_keys")}</p>`}`}#d(){let{texts:e}=this,{value:t,error:i}=this.#t;return!t&&!i?T(e):t?.total===0?p:a`<section class="card" aria-labelledby="others">
<h2 id="others">${e("panel.others.title",{count:t?.total??0})}</h2>
<p class="quiet">${e("panel.others.hint")}</p>
${S(this.#t,e,this.#o)}
${this._problem?f("danger","mdi:alert-circle-outline",this._problem):p}
<ul class="keys">
${t?.records.map(n=>this.#h(n))}
</ul>
</section>`}#h(e){let{texts:t,hass:i}=this;return a`<li>
<div>
<p>
${e.pagination??y}, ${$(e.time??e.arrived,i)},
${e.meter??t("panel.gone")}
</p>
<p class="quiet">${u(t,"signature",e.signature)}</p>
</div>
<button
type="button"
aria-label="OCMF ${e.pagination??""}: ${t("panel.download.ocmf")}"
@click=${()=>{this.save(e.links.ocmf)}}
>
<ha-icon icon="mdi:download"></ha-icon>OCMF
</button>
</li>`}};var Ve=92,lt=30,ct=12,be=5;function re(r,e=0,t=4){let i=Math.min(0,e),n=Math.max(0,r),s=(n-i)/t||1/t,l=10**Math.floor(Math.log10(s)),o=l*([1,2,2.5,5].find(g=>g*l>=s*.999999)??10),c=Math.floor(i/o+1e-9),d=Math.max(Math.ceil(n/o-1e-9),c+1),h=Array.from({length:d-c+1},(g,E)=>(c+E)*o),m=Math.max(0,-Math.floor(Math.log10(o))),z=Math.abs(o*10**m-Math.round(o*10**m))<1e-6;return{top:d*o,bottom:c*o,ticks:h,decimals:z?m:m+1}}function Ue(r,e,t){let i=r.until||(r.since>t?r.since:t),n=e==="day"?B(i,1-lt):$e(i,1-ct),s=r.since&&r.since<=i?r.since:n,l=e==="day"&&B(s,Ve)<=i?"month":e,o=[],c=l==="day"?s:$e(s,0);for(let m=c;m<=i;m=l==="day"?B(m):$e(m,1))o.push(m);let d=o.slice(-Ve),[h=s]=d;return{period:l,starts:d,since:h>s?h:s,until:i}}function $e(r,e){let t=new Date(`${r.slice(0,7)}-01T00:00:00Z`);return t.setUTCMonth(t.getUTCMonth()+e),t.toISOString().slice(0,10)}function qe(r,e){let t=r.series.slice(0,r.series.length>be?be-1:be),i=r.series.slice(t.length),n=[...t.map(o=>[o]),...i.length?[i]:[]],s=n.map(o=>{let c=new Map;for(let{buckets:d}of o)for(let{start:h,imported:m}of d)c.set(h,(c.get(h)??0)+Number(m));return c}),l=e.map(o=>{let c=s.map(d=>Math.max(0,d.get(o)??0));return{start:o,values:c,total:c.reduce((d,h)=>d+h,0)}});return{series:n.map(o=>({identification:o.length>1?void 0:o[0]?.identification,total:o.reduce((c,{imported:d})=>c+Number(d),0)})),bars:l,highest:Math.max(0,...l.map(({total:o})=>o))}}function Be(r,e,t){let i=n=>n.toFixed(1);return r.map(({time:n,value:s},l)=>l?`H${i(e(n))}V${i(t(s))}`:`M${i(e(n))} ${i(t(s))}`).join("")}function je(r,e,t,i){if(r.length<=2*i)return[...r];let n=new Map;for(let s of r){let l=Math.floor((s.time-e)/(t-e)*i);n.set(l,[...n.get(l)??[],s])}return[...n.values()].flatMap(s=>{let l=[...s].sort((c,d)=>c.value-d.value),o=[l[0],l.at(-1)].filter(c=>c!==void 0);return[...new Set(o)].sort((c,d)=>c.time-d.time)})}function Ge(r,e,t){let n=1e3*([60,300,600,1800,3600,7200,14400,21600,43200,86400,172800,604800].find(o=>(e-r)/1e3/o<=t)??604800*4),s=new Date(r).getTimezoneOffset()*6e4,l=[];for(let o=Math.ceil((r-s)/n)*n+s;o<=e;o+=n)l.push(o);return l}var xe=25,dt=350,we=200,G=44,Ke=64,pt=22,ke=8,se=class extends k{static styles=[_,R,M,ie];#e=new b(this);#t=new b(this);#i="";#o;disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#o)}willUpdate(e){let t=JSON.stringify([this.place,this.#n]);t===this.#i&&!e.has("revision")||(this.#i=t,this.#a())}get#n(){let{meter:e}=this.place.filters;if(e)return[e];let{meters:t}=this.info;return t.every(({archive:i})=>i===t[0]?.archive)?[]:t.flatMap(({archive:i,device_id:n})=>i?[]:n??[])}get#s(){let e={timeZone:this.hass.config.time_zone},t=new Intl.DateTimeFormat("sv-SE",e).format(new Date);return Ue(this.place.filters,this.place.period,t)}updated(){let{value:e,busy:t}=this.#e,i=Math.ceil((e?.total??0)/xe);!t&&e?.sessions.length===0&&i&&i<this.place.page&&this.go({page:i},!0)}#a=()=>{let{filters:e,page:t}=this.place,i=ee(e,this.#n);this.#e.load(this.hass,"sessions/list",{...i,offset:(t-1)*xe,limit:xe});let{since:n,until:s,period:l}=this.#s,o=ee({...e,since:n,until:s},this.#n);this.#t.load(this.hass,"sessions/energy",{...o,period:l})};#l(e,t=!1){this.go({filters:{...this.place.filters,...e},page:1},t)}#p=e=>{let{value:t}=e.target;clearTimeout(this.#o),this.#o=setTimeout(()=>{this.#l({search:t},!0)},dt)};#r(e){return t=>{this.#l({[e]:t.target.value})}}#c(e){let t=this.#n,{meters:i}=this.info,{entry_id:n}=i.find(({device_id:o})=>o===t[0])??i[0]??{},s=new URLSearchParams;for(let[o,c]of Object.entries(ee(this.place.filters,t)))for(let d of[c].flat())s.append(o,String(d));let l=s.size?`?${s}`:"";this.save(`/api/${O}/${n??""}/sessions.${e}${l}`)}render(){let{texts:e,info:t}=this,n=this.#e.value?.total===0&&!ge(this.place.filters);return a`
${t.meters.filter(({available:s})=>!s).map(({name:s,waiting:l})=>f("warning","mdi:database-off-outline",e("panel.unavailable",{name:s,count:l})))}
${n?this.#d():a`${this.#h()} ${this.#m()} ${this.#k()}`}
`}#d(){let{texts:e}=this;return a`<section class="empty card">
<ha-icon icon="mdi:ev-station"></ha-icon>
<h2>${e("panel.empty.title")}</h2>
<p>${e("panel.empty.hint")}</p>
</section>`}#h(){let{texts:e,info:t}=this,{filters:i}=this.place,n=t.meters.filter(({device_id:s})=>s);return a`<form
class="filters"
role="search"
@submit=${s=>{s.preventDefault()}}
>
<label class="wide"
><span>${e("panel.filter.search")}</span>
<input
type="search"
name="search"
.value=${i.search}
placeholder=${e("panel.filter.search_hint")}
@input=${this.#p}
/>
</label>
${n.length>1?a`<label
><span>${e("panel.filter.meter")}</span>
<select name="meter" @change=${this.#r("meter")}>
<option value="" ?selected=${!i.meter}>
${e("panel.filter.all_meters")}
</option>
${n.map(({device_id:s,name:l})=>a`<option value=${s??""} ?selected=${s===i.meter}>
${l}
</option>`)}
</select>
</label>`:p}
<label
><span>${e("panel.filter.verdict")}</span>
<select name="verdict" @change=${this.#r("verdict")}>
<option value="" ?selected=${!i.verdict}>
${e("panel.filter.any_verdict")}
</option>
${fe.map(s=>a`<option value=${s} ?selected=${s===i.verdict}>
${u(e,"panel.verdict",s)}
</option>`)}
</select>
</label>
${["since","until"].map(s=>a`<label
><span>${e(`panel.filter.${s}`)}</span>
<input
type="date"
name=${s}
.value=${i[s]}
@change=${this.#r(s)}
/>
</label>`)}
${ge(i)?a`<button
type="button"
class="reset"
@click=${()=>{this.#l(I)}}
>
<ha-icon icon="mdi:filter-remove-outline"></ha-icon>${e("panel.filter.reset")}
</button>`:p}
</form>`}#m(){let{texts:e}=this,t=this.#s,i=this.#t.value;return a`<section class="card" aria-labelledby="energy">
<header>
<h2 id="energy">${e("panel.chart.title")}</h2>
<div class="switch" role="group" aria-label=${e("panel.chart.by")}>
${["day","month"].map(n=>this.#u(n,t.period))}
</div>
</header>
${S(this.#t,e,this.#a)}
${i?.period===t.period?this.#y(i,t):T(e)}
</section>`}#u(e,t){return a`<button
type="button"
aria-pressed=${String(t===e)}
@click=${()=>{this.go({period:e},!0)}}
>
${this.texts(`panel.chart.${e}`)}
</button>`}#y(e,t){let{texts:i,hass:n}=this,s=qe(e,t.starts),l=e.sessions===1?"panel.chart.summary_one":"panel.chart.summary",o=i(l,{energy:C(e.imported,n),sessions:e.sessions,since:H(t.since,n),until:H(t.until,n)});return a`<figure>
<figcaption>${o}</figcaption>
${e.sessions?a`${this.#b(s,t,o)} ${this.#x(s)}
${this.#w(s,t)}`:a`<p class="quiet">${i("panel.chart.none")}</p>`}
</figure>`}#b({bars:e,highest:t},{period:i},n){let{hass:s,_width:l}=this,o=re(t),c=we-ke-pt,d=g=>ke+c-g/o.top*c,h=(l-G)/e.length,m=Math.min(h*.72,48),z=Math.ceil(Ke/h);return a`<div class="plot">
<svg viewBox="0 0 ${l} ${we}" role="img" aria-label=${n}>
${o.ticks.map(g=>P`<line class="grid" x1=${G} x2=${l} y1=${d(g)} y2=${d(g)} />
<text class="tick" x=${G-8} y=${d(g)+4} text-anchor="end">${w(g,o.decimals,s.locale)}</text>`)}
${e.map(({start:g,values:E,total:Y},v)=>{let Pe=G+v*h+(h-m)/2,Z=0;return P`<g class="bar">
<title>${this.#f(g,i)}: ${w(Y,2,s.locale)} kWh</title>
<rect class="hit" x=${G+v*h} y=${ke} width=${h} height=${c} />
${E.map((Me,Je)=>{if(!Me)return p;let Qe=d(Z);return Z+=Me,P`<rect class="series-${Je}" x=${Pe} y=${d(Z)} width=${m} height=${Math.max(Qe-d(Z),.5)} />`})}
${(e.length-1-v)%z?p:P`<text class="tick" x=${Math.min(Pe+m/2,l-Ke/3)} y=${we-4} text-anchor="middle">${this.#$(g,i)}</text>`}
</g>`})}
</svg>
</div>`}#$(e,t){return H(e,this.hass,t==="day"?{day:"numeric",month:"short"}:{month:"short",year:"2-digit"})}#f(e,t){return t==="day"?H(e,this.hass,{dateStyle:"full"}):H(e,this.hass,{month:"long",year:"numeric"})}#g(e){return e||this.texts(e===void 0?"panel.chart.others":"panel.unidentified")}#x({series:e}){let{search:t}=this.place.filters;return a`<ul class="legend">
${e.map(({identification:i,total:n},s)=>{let l=a`<i class="series-${s}"></i>
<span>${this.#g(i)}</span>
<b>${w(n,1,this.hass.locale)} kWh</b>`,o=t!==""&&t===i;return a`<li>
${i?a`<button
type="button"
aria-pressed=${String(o)}
@click=${()=>{this.#l({search:o?"":i})}}
>
${l}
</button>`:a`<span class="item">${l}</span>`}
</li>`})}
</ul>`}#w({bars:e,series:t},{period:i}){let{texts:n,hass:s}=this,l=o=>o?w(o,2,s.locale):y;return a`<details class="numbers">
<summary>${n("panel.chart.table")}</summary>
<div class="scroll" tabindex="0" role="group" aria-label=${n("panel.chart.table")}>
<table>
<caption class="visually-hidden">
${n("panel.chart.caption")}
</caption>
<thead>
<tr>
<th scope="col">${n(`panel.chart.${i}`)}</th>
${t.map(({identification:o})=>a`<th scope="col" class="number">${this.#g(o)}</th>`)}
<th scope="col" class="number">${n("panel.chart.total")}</th>
</tr>
</thead>
<tbody>
${e.filter(({total:o})=>o).reverse().map(({start:o,values:c,total:d})=>a`<tr>
<th scope="row">${this.#f(o,i)}</th>
${c.map(h=>a`<td class="number">${l(h)}</td>`)}
<td class="number">${l(d)}</td>
</tr>`)}
</tbody>
</table>
</div>
</details>`}#k(){let{texts:e}=this,{value:t,busy:i}=this.#e;return a`<section class="card list" aria-labelledby="sessions" aria-busy=${String(i)}>
<header>
<h2 id="sessions">${e("panel.list.title")}</h2>
${t?.total?a`<div class="downloads">
${["csv","zip"].map(n=>a`<button
type="button"
title=${e(`panel.download.all_${n==="csv"?"csv":"zip"}`)}
@click=${()=>{this.#c(n)}}
>
<ha-icon icon="mdi:download"></ha-icon>${n.toUpperCase()}
</button>`)}
</div>`:p}
</header>
${this._problem?f("danger","mdi:alert-circle-outline",this._problem):p}
${S(this.#e,e,this.#a)}
${t?this.#_(t):this.#e.error?p:T(e)}
</section>`}#_(e){let{texts:t}=this,{sessions:i,total:n,offset:s,limit:l}=e;if(!i.length)return a`<div class="empty">
<ha-icon icon="mdi:magnify-close"></ha-icon>
<p>${t("panel.list.none")}</p>
</div>`;let o=Math.floor(s/l)+1,c=t("panel.list.range",{first:s+1,last:s+i.length,total:n}),d=this.info.meters.length>1,h=["begin","duration","energy","who",...d?["meter"]:[],"tariff","verdict"];return a`<table class="sessions" role="table" aria-labelledby="sessions">
<thead role="rowgroup">
<tr role="row">
${h.map(m=>a`<th
role="columnheader"
scope="col"
class=${m==="energy"||m==="duration"?"number":""}
>
${t(`panel.list.${m}`)}
</th>`)}
</tr>
</thead>
<tbody role="rowgroup">
${i.map(m=>this.#T(m,d))}
</tbody>
</table>
<nav class="paging" aria-label=${t("panel.list.pages")}>
<span aria-live="polite">${c}</span>
${this.#v(o-1,o>1,"previous","mdi:chevron-left")}
${this.#v(o+1,s+l<n,"next","mdi:chevron-right")}
</nav>`}#v(e,t,i,n){let s=this.texts(`panel.list.${i}`);return a`<button
type="button"
class="icon"
aria-label=${s}
title=${s}
?disabled=${!t}
@click=${()=>{this.go({page:e})}}
>
<ha-icon icon=${n}></ha-icon>
</button>`}#T(e,t){let{texts:i,hass:n}=this,{duration:s,tariff_text:l}=e,o=e.outcome==="open",c=e.device_id??this.place.filters.meter,d=this.href({view:"session",session:e.session_id,filters:{...I,meter:c||(this.#n[0]??"")}});return a`<tr role="row">
<td role="cell" class="begin">
<a href=${d}
>${e.begin?$(e.begin,n):i("panel.list.no_time")}</a
>
</td>
<td role="cell" class="number duration">
${o?a`<span class="open">${i("panel.outcome.open")}</span>`:s===null?y:V(s)}
</td>
<td role="cell" class="number energy">
${o?y:C(e.imported,n)}
</td>
<td role="cell" class="who">
${He(e,i)}
${e.identification?a`<small>${F(e.identification_type,i)}</small>`:p}
</td>
${t?a`<td role="cell" class="meter">${e.meter??i("panel.gone")}</td>`:p}
<td role="cell" class="tariff">${l??y}</td>
<td role="cell" class="verdict">${te(e.verdict,i)}</td>
</tr>`}};var ht=new Set(["record","last_session_end","last_session_verdict","records_archived","records_failed","records_missing","logbook_progress","measurement_status"]),mt=5e3,ut=[["sessions","mdi:format-list-bulleted"],["verify","mdi:shield-search"],["archive","mdi:database-outline"]],ae=class extends W{static properties={hass:{attribute:!1},narrow:{type:Boolean,reflect:!0},route:{attribute:!1},_texts:{state:!0},_place:{state:!0},_revision:{state:!0}};static styles=[_,R,Ne];#e=new b(this);#t="";#i="";#o;#n;constructor(){super(),this.narrow=!1,this._place=U,this._revision=0}get#s(){return this.route?.prefix??""}connectedCallback(){super.connectedCallback(),window.addEventListener("location-changed",this.#a),window.addEventListener("popstate",this.#a),this.#o=setInterval(()=>{this._place.view==="archive"&&document.visibilityState==="visible"&&this.#r()},mt),this.#a()}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener("location-changed",this.#a),window.removeEventListener("popstate",this.#a),clearInterval(this.#o),this.#n?.removeEventListener("ready",this.#l),this.#n=void 0}#a=()=>{let{pathname:e,search:t}=window.location;!this.route||!e.startsWith(this.#s)||(this._place=ve(e.slice(this.#s.length),t))};#l=()=>{this._revision+=1};willUpdate(e){let{hass:t}=this;if(!t)return;let i=e.get("hass");t.language!==this.#t&&(this.#t=t.language,De(t)),i?.localize!==t.localize&&(this._texts=Oe(t)),e.has("route")&&this.#a(),t.connection!==this.#n&&(this.#n?.removeEventListener("ready",this.#l),this.#n=t.connection,t.connection.addEventListener("ready",this.#l)),i?.states!==t.states&&this.#p(t),(e.has("_revision")||e.has("hass")&&!i)&&this.#r()}#p(e){let t=Object.values(e.entities).filter(({platform:i,translation_key:n})=>i===O&&ht.has(n??"")).map(({entity_id:i})=>e.states[i]?.state).join();t!==this.#i&&(this.#i&&(this._revision+=1),this.#i=t)}#r=()=>{this.hass&&this.#e.load(this.hass,"archive/info")};#c=()=>{this._revision+=1};#d=e=>{if(e.defaultPrevented||e.button||e.ctrlKey||e.metaKey||e.shiftKey)return;let t=e.composedPath().find(l=>l instanceof HTMLAnchorElement);if(!t||t.target)return;let{origin:i,pathname:n,search:s}=new URL(t.href);i!==window.location.origin||!ft(n,this.#s)||(e.preventDefault(),ye(this.#s,ve(n.slice(this.#s.length),s)),this.renderRoot.querySelector("main")?.scrollTo(0,0))};render(){let{hass:e,_texts:t}=this;return!e||!t?a`<div class="bar"></div>`:a`
<div class="bar">
<ha-menu-button .hass=${e} .narrow=${this.narrow}></ha-menu-button>
<h1>${t("panel.title")}</h1>
</div>
<nav class="tabs" aria-label=${t("panel.title")} @click=${this.#d}>
${ut.map(([i,n])=>this.#h(i,n,t))}
</nav>
<main @click=${this.#d}>
<div class="content">${this.#m(e,t)}</div>
</main>
`}#h(e,t,i){let n=this._place.view==="session"?"sessions":this._place.view,s=q({...U,view:e});return a`<a href="${this.#s}${s}" aria-current=${n===e?"page":p}>
<ha-icon icon=${t}></ha-icon>
<span>${i(`panel.tab.${e}`)}</span>
</a>`}#m(e,t){let i=this.#e.value;return a`
${i&&i.version!=="0.1.0"?f("neutral","mdi:update",a`<p>${t("panel.outdated")}</p>
<button
type="button"
@click=${()=>{window.location.reload()}}
>
${t("panel.reload")}
</button>`):p}
${S(this.#e,t,this.#c)}
${i?this.#u(e,t,i):this.#e.error?p:T(t)}
`}#u(e,t,i){if(!i.meters.length)return a`<section class="empty card">
<ha-icon icon="mdi:lan-disconnect"></ha-icon>
<h2>${t("panel.no_meter.title")}</h2>
<p>${t("panel.no_meter.hint")}</p>
<button type="button" @click=${this.#c}>${t("panel.retry")}</button>
</section>`;let{_place:n,_revision:s}=this,l=this.#s;switch(n.view){case"session":return a`<dmed4-session-page
.hass=${e}
.texts=${t}
.info=${i}
.place=${n}
.base=${l}
.revision=${s}
></dmed4-session-page>`;case"verify":return a`<dmed4-verify-page
.hass=${e}
.texts=${t}
.info=${i}
.place=${n}
.base=${l}
.revision=${s}
></dmed4-verify-page>`;case"archive":return a`<dmed4-archive-page
.hass=${e}
.texts=${t}
.info=${i}
.place=${n}
.base=${l}
.revision=${s}
></dmed4-archive-page>`;case"sessions":return a`<dmed4-overview-page
.hass=${e}
.texts=${t}
.info=${i}
.place=${n}
.base=${l}
.revision=${s}
></dmed4-overview-page>`}}};function ft(r,e){return r===e||r.startsWith(`${e}/`)}var gt=3e5,vt=36e5;async function Ze(r,e,t,i){let n=await Ie(r,e,t/1e3,i/1e3);if(n.length){let s=n.map(({from:l,value:o})=>({time:Math.max(l*1e3,t),value:o}));return Ye(s,i)}for(let[s,l]of[["5minute",gt],["hour",vt]]){let c=(await yt(r,e,t,i,s)).flatMap(({start:d,mean:h})=>{let m=h===null?null:Ae(r.states[e],String(h));return m===null?[]:{time:Math.max(d,t),value:m}});if(c.length)return Ye(c,Math.min(i,(c.at(-1)?.time??i)+l))}return[]}function Ye(r,e){let t=r.at(-1);return t&&t.time<e?[...r,{...t,time:e}]:[...r]}async function yt(r,e,t,i,n){try{return(await r.callWS({type:"recorder/statistics_during_period",start_time:new Date(t).toISOString(),end_time:new Date(i).toISOString(),statistic_ids:[e],period:n,types:["mean"]}))[e]??[]}catch{return[]}}function K(r,e,t){return a`<li>
${r}
<div>
<h4>${e}</h4>
${t}
</div>
</li>`}var bt={valid:"valid",invalid:"invalid"},$t={changed:"warning",none:"warning"};function We(r){return a`<ha-icon class="tone ${r[0]}" icon=${r[1]}></ha-icon>`}var xt=["success","mdi:check-circle-outline"];function oe(r){return r?j(r):We(xt)}function _e({quality:r,billable:e},t){return K(oe(e?void 0:"note"),t("panel.part.clock"),a`<p>${u(t,"clock",r)}</p>`)}function Te({accepted:r,refusal:e},t){return K(oe(r?void 0:"note"),t("panel.part.transparency"),a`<p>${u(t,"refusal",e??"accepted")}</p>`)}function le(r,e){let{signature:t,key:i,deviations:n}=r,s=n.filter(({severity:l})=>l!=="note");return a`<ul class="parts">
${K(We(L(bt[t.verdict]??"unverifiable")),e("panel.part.signature"),a`<p>${u(e,"signature",t.verdict)}</p>
<p class="quiet">
${u(e,"signature_reason",t.reason)}
${t.algorithm?a`<code>${t.algorithm}</code>`:p}
</p>`)}
${K(oe(i.verdict==="given"?"note":$t[i.verdict]),e("panel.part.key"),a`<p>${u(e,"key",i.verdict)}</p>
${i.fingerprint?a`<p class="quiet">
${e("panel.part.fingerprint")} <code class="long">${i.fingerprint}</code>
</p>`:p}`)}
${_e(r.clock,e)}
${K(oe(s.length?"warning":void 0),e("panel.part.format"),n.length?a`<ul class="deviations">
${n.map(({code:l,path:o,severity:c})=>a`<li>
${j(c)}
<span>${u(e,"deviation",l)} <code>${o}</code></span>
</li>`)}
</ul>`:a`<p>${e("panel.part.conforms")}</p>`)}
${Te(r.transparency,e)}
</ul>`}function ce(r,e,t){let i={B:e("panel.kind.begin"),E:e("panel.kind.end"),r:e("panel.kind.end"),L:e("panel.kind.end"),R:e("panel.kind.end"),C:e("panel.kind.intermediate"),S:e("panel.kind.intermediate"),T:e("panel.kind.intermediate"),X:e("panel.kind.intermediate"),P:e("panel.kind.power_failure")};return r.readings.length?a`<div
class="scroll"
tabindex="0"
role="group"
aria-label=${e("panel.readings.title")}
>
<table>
<caption class="visually-hidden">
${e("panel.readings.title")}
</caption>
<thead>
<tr>
${["time","transaction","register","value","status"].map(n=>a`<th scope="col" class=${n==="value"?"number":""}>
${e(`panel.readings.${n}`)}
</th>`)}
</tr>
</thead>
<tbody>
${r.readings.map(n=>a`<tr>
<td>${$(n.time,t)}</td>
<td>
${n.transaction?i[n.transaction]??n.transaction:y}
</td>
<td><code>${n.register??y}</code></td>
<td class="number">${n.value??y} ${n.unit??""}</td>
<td>
${n.status??y}
${n.error_flags?a`<code>${n.error_flags}</code>`:p}
</td>
</tr>`)}
</tbody>
</table>
</div>`:a`<p class="quiet">${e("panel.readings.none")}</p>`}function de(r,e,t){let{meter:i,identification:n}=r;return N([[e("panel.fact.pagination"),r.pagination],[e("panel.fact.identification"),n.data===null?null:a`${n.data}
<small>${F(n.type,e)}</small>`],[e("panel.fact.level"),Re(n.level,e)],[e("panel.fact.flags"),n.flags.join(", ")],[e("panel.fact.tariff"),r.tariff_text],[e("panel.fact.charge_point"),r.charge_point],[e("panel.fact.made_by"),[i.vendor,i.model].filter(Boolean).join(" ")],[e("panel.fact.serial_number"),i.serial_number??i.gateway_serial_number],[e("panel.fact.firmware"),i.firmware],[e("panel.fact.format_version"),r.format_version],[e("panel.fact.source"),r.source?u(e,"source",r.source):null],[e("panel.fact.arrived"),r.arrived?$(r.arrived,t):null],[e("panel.fact.verified"),r.verified?$(r.verified,t):null],[e("panel.fact.digest"),a`<code class="long">${r.digest}</code>`]])}function Re(r,e){return r===null?null:u(e,"identification_level",r.toLowerCase())}function pe(r,e){return a`<details class="raw">
<summary>${e("panel.raw")}</summary>
<pre tabindex="0" aria-label=${e("panel.raw")}>${r.raw}</pre>
${r.key.public_key?a`<h4>${e("panel.public_key")}</h4>
<pre tabindex="0" aria-label=${e("panel.public_key")}>${r.key.public_key}</pre>`:p}
</details>`}var Se=180,he=44,wt=22,Xe=8,me=class extends k{static properties={...k.properties,_power:{state:!0}};static styles=[_,R,M,ie];#e=new b(this);#t=0;#i="";willUpdate(e){let{session:t}=this.place;t===this.#t&&!e.has("revision")||(t!==this.#t&&(this.#e.clear(),this._power=void 0,this.#i=""),this.#t=t,this.#o())}updated(){let e=this.#e.value;if(!e)return;let{device_id:t,begin:i,end:n}=e,s=JSON.stringify([t,i,n]);s!==this.#i&&(this.#i=s,this.#n(e))}#o=()=>{let{filters:e,session:t}=this.place;this.#e.load(this.hass,"sessions/get",{session_id:t,...e.meter?{device_id:[e.meter]}:{}})};async#n({device_id:e,begin:t,end:i,outcome:n}){let{hass:s}=this,l=X(s,e??"").get("sensor.power"),o=Date.parse(t??""),c=n==="open"?Date.now():Date.parse(i??""),d=l!==void 0&&c>o;this._power=d?await Ze(s,l,o,c):[]}render(){let{texts:e}=this,{value:t,error:i}=this.#e;return a`
<a class="back" href=${this.base} @click=${this.#s}>
<ha-icon icon="mdi:arrow-left"></ha-icon>${e("panel.session.back")}
</a>
${S(this.#e,e,this.#o)}
${this._problem?f("danger","mdi:alert-circle-outline",this._problem):p}
${t?this.#a(t):i?p:T(e)}
`}#s=e=>{e.ctrlKey||e.metaKey||e.shiftKey||(e.preventDefault(),e.stopPropagation(),history.state?.fromList?history.back():this.go(U))};#a(e){let{texts:t,hass:i}=this,[n,s]=L(e.verdict),l=e.begin?t("panel.session.title",{begin:$(e.begin,i)}):t("panel.session.untimed");return a`
<h2 class="title">${l}</h2>
<div class="banner ${n}">
<ha-icon icon=${s}></ha-icon>
<div>
<strong>${u(t,"panel.verdict",e.verdict)}</strong>
<p>${u(t,"verdict",e.verdict)}</p>
<p>${u(t,"outcome",e.outcome)}</p>
</div>
</div>
<section class="card" aria-labelledby="about">
<header>
<h3 id="about">${t("panel.session.about")}</h3>
<div class="downloads">${this.#p(e)}</div>
</header>
${this.#l(e)}
</section>
${this.#d(e)}
<section class="card" aria-labelledby="findings">
<h3 id="findings">${t("panel.session.findings")}</h3>
<ul class="parts">
${e.findings.map(o=>a`<li>
${j(o.severity)}
<div><p>${Fe(o,t)}</p></div>
</li>`)}
${e.findings.length?p:a`<li>
<ha-icon class="tone success" icon="mdi:check-circle-outline"></ha-icon>
<div><p>${t("panel.session.no_findings")}</p></div>
</li>`}
${_e(e.clock,t)} ${Te(e.transparency,t)}
</ul>
</section>
<section class="records" aria-labelledby="records">
<h3 id="records">
${t("panel.session.records",{count:e.record_reports.length})}
</h3>
${e.record_reports.map((o,c)=>this.#c(o,c===e.record_reports.length-1))}
</section>
`}#l(e){let{texts:t,hass:i}=this,{device_id:n,duration:s,exported:l,identification:o}=e,c=e.meter??t("panel.gone");return N([[t("panel.fact.energy"),a`<b>${C(e.imported,i)}</b>`],[t("panel.fact.exported"),Number(l)?C(l,i):null],[t("panel.fact.begin"),$(e.begin,i)],[t(e.outcome==="open"?"panel.fact.last_known":"panel.fact.end"),$(e.end,i)],[t("panel.fact.duration"),s===null?null:V(s)],[t("panel.fact.identification"),o?a`${o}
<small>${F(e.identification_type,t)}</small>`:t("panel.unidentified")],[t("panel.fact.level"),Re(e.identification_level,t)],[t("panel.fact.tariff"),e.tariff_text],[t("panel.fact.charge_point"),e.charge_point],[t("panel.fact.meter"),n?a`<a href="/config/devices/device/${n}">${c}</a>`:c]])}#p({links:e}){let{texts:t}=this,i=n=>e.ocmf.replace(/\.ocmf$/,`.${n}`);return[this.#r("XML",e.xml,t("panel.download.xml")),this.#r("OCMF",e.ocmf,t("panel.download.ocmf")),this.#r("CSV",i("csv"),t("panel.download.csv")),this.#r("ZIP",i("zip"),t("panel.download.zip"))]}#r(e,t,i){return a`<button
type="button"
title=${i}
?disabled=${t===null}
@click=${()=>{this.save(t??"")}}
>
<ha-icon icon="mdi:download"></ha-icon>${e}
</button>`}#c(e,t){let{texts:i,hass:n}=this;return a`<details class="card record" ?open=${t}>
<summary>
<span class="name"
>${u(i,"panel.kind",e.kind)}
<small>${e.pagination??""}</small></span
>
${te(e.verdict,i)}
</summary>
${le(e,i)}
<h4>${i("panel.readings.title")}</h4>
${ce(e,i,n)}
<h4>${i("panel.session.contents")}</h4>
${de(e,i,n)} ${pe(e,i)}
<div class="downloads">
${this.#r("OCMF",e.links.ocmf,i("panel.download.ocmf"))}
${this.#r("XML",e.links.xml,i("panel.download.xml"))}
</div>
</details>`}#d(e){let{texts:t,_power:i}=this;return a`<section class="card" aria-labelledby="power">
<h3 id="power">${t("panel.session.power")}</h3>
${i===void 0?T(t):i.length?this.#h(i,e):a`<p class="quiet">${t("panel.session.no_power")}</p>`}
</section>`}#h(e,t){let{texts:i,hass:n,_width:s}=this,l=Date.parse(t.begin??""),o=e.at(-1)?.time??l,c=e.map(({value:v})=>v),d=Math.max(...c),h=re(d,Math.min(...c),3),m=Se-Xe-wt,z=v=>he+(v-l)/(o-l||1)*(s-he-8),g=v=>Xe+(h.top-v)/(h.top-h.bottom)*m,E=Be(je(e,l,o,s/2),z,g),Y=i("panel.session.power_summary",{highest:w(d,1,n.locale),duration:V((o-l)/1e3)});return a`<figure>
<figcaption>${Y}</figcaption>
<div class="plot">
<svg viewBox="0 0 ${s} ${Se}" role="img" aria-label=${Y}>
${h.ticks.map(v=>P`<line class="grid" x1=${he} x2=${s} y1=${g(v)} y2=${g(v)} />
<text class="tick" x=${he-8} y=${g(v)+4} text-anchor="end">${w(v,h.decimals,n.locale)}</text>`)}
${Ge(l,o,Math.floor(s/90)).map(v=>P`<text class="tick" x=${z(v)} y=${Se-4} text-anchor="middle">${J(new Date(v),n,new Date(v))}</text>`)}
<path class="area" d="${E}V${g(0)}H${z(e[0]?.time??l)}Z" />
<path class="line" d=${E} />
</svg>
</div>
</figure>`}};var ue=class extends k{static styles=[_,R,M];#e=new b(this);#t=async e=>{e.preventDefault();let t=new FormData(e.target),[i="",n=""]=["record","public_key"].map(s=>{let l=t.get(s);return typeof l=="string"?l:""});this.#e.clear(),await this.#e.load(this.hass,"records/verify",{record:i.trim(),...n.trim()?{public_key:n.trim()}:{}}),await this.updateComplete,this.renderRoot.querySelector("#result")?.focus()};render(){let{texts:e}=this,{value:t,error:i,busy:n}=this.#e;return a`
<section class="card" aria-labelledby="verify">
<h2 id="verify">${e("panel.verify.title")}</h2>
<p>${e("panel.verify.hint")}</p>
<form class="verify" @submit=${this.#t}>
<label
><span>${e("panel.verify.record")}</span>
<textarea
name="record"
rows="6"
required
spellcheck="false"
autocomplete="off"
placeholder="OCMF|{…}|{…}"
></textarea>
</label>
<label
><span>${e("panel.verify.key")}</span>
<textarea name="public_key" rows="2" spellcheck="false" autocomplete="off"></textarea>
<small>${e("panel.verify.key_hint")}</small>
</label>
<button class="start" ?disabled=${n}>
<ha-icon icon="mdi:shield-search"></ha-icon>
${e(n?"panel.verify.busy":"panel.verify.submit")}
</button>
</form>
${i?f("danger","mdi:alert-circle-outline",i):p}
</section>
${t?this.#i(t):p}
`}#i(e){let{texts:t,hass:i,info:n}=this,[s,l]=L(e.verdict),o=n.meters.find(({device_id:d})=>d===e.device_id),c={...I,meter:e.device_id??""};return a`<div id="result" tabindex="-1">
<div class="banner ${s}">
<ha-icon icon=${l}></ha-icon>
<div>
<strong role="heading" aria-level="3"
>${u(t,"panel.verdict",e.verdict)}</strong
>
<p>
${o?t("panel.verify.of_meter",{meter:o.name}):t("panel.verify.of_nobody")}
</p>
<p>
${e.record_id===null?t("panel.verify.not_archived"):t("panel.verify.archived")}
${e.session_id===null?p:a`<a
href=${this.href({view:"session",session:e.session_id,filters:c})}
>${t("panel.verify.open")}</a
>`}
</p>
</div>
</div>
</div>
<section class="card">
${le(e,t)}
<h4>${t("panel.readings.title")}</h4>
${ce(e,t,i)}
<h4>${t("panel.session.contents")}</h4>
${de(e,t,i)} ${pe(e,t)}
</section>`}};D("dmed4-archive-page",ne);D("dmed4-overview-page",se);D("dmed4-session-page",me);D("dmed4-verify-page",ue);D("lovato-dmed4-panel",ae);
