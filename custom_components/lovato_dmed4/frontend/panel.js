/* Built from frontend/ by its build.mjs. Lit: BSD-3-Clause, Google LLC. */
import{A as V,B as Q,C as I,a as v,b as o,c as z,d as p,e as W,f as H,j as Me,k as X,l as ze,n as Le,o as Ee,q as Ae,r as R,u as Oe,v as De,x as J,y as He,z as k}from"./shared.js";var dt=1e3,x=class{value;error="";busy=!1;#e;#t=0;#i;constructor(e){this.#e=e,e.addController(this)}hostDisconnected(){clearTimeout(this.#i)}clear(){clearTimeout(this.#i),this.#t+=1,this.value=void 0,this.error="",this.busy=!1}async load(e,t,i={}){clearTimeout(this.#i),this.#t+=1;let n=this.#t;this.busy=!0,this.#e.requestUpdate();try{let s=await e.callWS({type:`${H}/${t}`,...i});if(n!==this.#t)return;this.value=s,this.error=""}catch(s){let a=await J(e,s);if(n!==this.#t)return;if(s?.code==="unknown_command"){this.#i=setTimeout(()=>{this.load(e,t,i)},dt);return}this.error=a}this.busy=!1,this.#e.requestUpdate()}};var L={search:"",meter:"",since:"",until:"",verdict:""},q={view:"sessions",session:0,filters:L,period:"day",page:1},ge=["valid","inconsistent","unverifiable","key_changed","invalid"],pt=/^\d{4}-\d{2}-\d{2}$/,mt=2**31-1;function ee(r){return Object.values(r).some(e=>e!=="")}function ve(r,e){let[t="",i=""]=r.split("/").filter(Boolean),n=new URLSearchParams(e),s=l=>{let c=n.get(l)??"";return pt.test(c)&&!Number.isNaN(Date.parse(c))?c:""},a=t==="session"?Ie(i):0;return{view:a?"session":t==="verify"||t==="archive"?t:"sessions",session:a,filters:{search:n.get("search")??"",meter:n.get("meter")??"",since:s("since"),until:s("until"),verdict:ge.find(l=>l===n.get("verdict"))??""},period:n.get("period")==="month"?"month":"day",page:Ie(n.get("page")??"")||1}}function Ie(r){let e=/^\d+$/.test(r)?Number(r):0;return e<=mt?e:0}function B({view:r,session:e,filters:t,period:i,page:n}){let s=new URLSearchParams;if(r==="session")t.meter&&s.set("meter",t.meter);else if(r==="sessions"){for(let[c,d]of Object.entries(t))d&&s.set(c,d);i!=="day"&&s.set("period",i),n>1&&s.set("page",String(n))}let a={sessions:"",session:`/session/${e}`,verify:"/verify",archive:"/archive"},l=s.toString();return l?`${a[r]}?${l}`:a[r]}function te(r,e){return{...e.length?{device_id:e}:{},...r.search.trim()?{search:r.search.trim()}:{},...r.since?{since:r.since}:{},...r.until?{until:j(r.until)}:{},...r.verdict?{verdict:[r.verdict]}:{}}}function j(r,e=1){let t=new Date(`${r}T00:00:00Z`);return t.setUTCDate(t.getUTCDate()+e),t.toISOString().slice(0,10)}var ht=34;function ye(r,e,t=!1){let i=`${r}${B(e)}`;t?history.replaceState(history.state,"",i):history.pushState({fromList:ut(r)&&e.view==="session"},"",i),window.dispatchEvent(new CustomEvent("location-changed",{detail:{replace:t}}))}function ut(r){return window.location.pathname.replace(/\/$/,"")===r}var T=class extends W{static properties={hass:{attribute:!1},texts:{attribute:!1},info:{attribute:!1},place:{attribute:!1},base:{attribute:!1},revision:{attribute:!1},i:{state:!0},z:{state:!0}};#e=new ResizeObserver(([e])=>{e&&(this.z=Math.max(240,Math.round(e.contentRect.width)-ht))});constructor(){super(),this.i="",this.z=720}connectedCallback(){super.connectedCallback(),this.#e.observe(this)}disconnectedCallback(){super.disconnectedCallback(),this.#e.disconnect()}href(e){return`${this.base}${B({...this.place,...e})}`}go(e,t=!1){ye(this.base,{...this.place,...e},t)}async save(e){this.i="";try{await Me(this.hass,e)}catch(t){this.i=await J(this.hass,t)}}shouldUpdate(e){let t=e.get("hass");return e.size>1||t?.locale!==this.hass.locale}};var b="–";function u(r,e,t){return r(`${e}.${t}`)||t}function w(r,e){return r===null?b:Q(new Date(r),e,new Date(0))}function E(r,e){if(r===null)return b;let t=r.split(".")[1]?.length??0;return`${k(Number(r),t,e.locale)} kWh`}function F(r,e,t={dateStyle:"medium"}){return new Intl.DateTimeFormat(e.locale.language,{...t,timeZone:"UTC"}).format(new Date(`${r}T00:00:00Z`))}function C(r,e){return r===null?b:u(e,"identification_type",r.toLowerCase())}function Fe({identification:r},e){return r===null||r===""?e("panel.unidentified"):r}function Ce(r,e){let t=Object.fromEntries(r.values.map((i,n)=>[`value_${n+1}`,i]));return e(`finding.${r.code}`,t)||r.code}var ft={valid:["success","mdi:shield-check"],inconsistent:["warning","mdi:shield-alert-outline"],unverifiable:["neutral","mdi:shield-off-outline"],key_changed:["warning","mdi:key-alert-outline"],invalid:["danger","mdi:shield-remove"]},gt={note:["neutral","mdi:information-outline"],warning:["warning","mdi:alert-outline"],error:["danger","mdi:alert-circle-outline"]};function A(r){return ft[r]??["neutral","mdi:shield-off-outline"]}function G(r){let[e,t]=gt[r];return o`<ha-icon class="tone ${e}" icon=${t}></ha-icon>`}function ie(r,e){let[t,i]=A(r);return o`<span class="chip ${t}"
><ha-icon icon=${i}></ha-icon>${u(e,"panel.verdict",r)}</span
>`}function f(r,e,t){return o`<div class="notice ${r}" role=${r==="danger"?"alert":"status"}>
<ha-icon icon=${e}></ha-icon>
<div>${t}</div>
</div>`}function M(r,e,t){return r.error?f("danger","mdi:alert-circle-outline",o`<p>${r.error}</p>
<button type="button" ?disabled=${r.busy} @click=${t}>
${e("panel.retry")}
</button>`):p}function _(r){return o`<div class="waiting" role="status">
<span class="visually-hidden">${r("panel.loading")}</span>
<i></i><i></i><i></i>
</div>`}function N(r){let e=r.filter(([,t])=>t!==null&&t!==""&&t!==p);return o`<dl>
${e.map(([t,i])=>o`<div>
<dt>${t}</dt>
<dd>${i}</dd>
</div>`)}
</dl>`}var Ne=v`.check{display:grid;grid-template-columns:1fr auto;align-items:center;gap:12px 24px}.check .wide{grid-column:1 / -1}.check .notice{margin:0}.progress{margin-top:12px}progress{width:100%;accent-color:var(--primary-color, #009ac7)}@container (max-width: 600px){.check{grid-template-columns:1fr}}`;var g=v`var(--secondary-text-color, #5e5e5e)`;var P=v`:host{display:block;color:var(--primary-text-color, #141414);font-size:var(--ha-font-size-m, 14px);line-height:1.5}.card{display:block;margin:0 0 16px;padding:16px;border:1px solid var(--ha-card-border-color, var(--divider-color, rgb(0 0 0 / 12%)));border-radius:var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px));background:var(--ha-card-background, var(--card-background-color, #fff))}.card>header{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:8px 16px;margin-bottom:12px}h2,h3,h4,p,figure,ul{margin:0;padding:0}h2,h3{font-size:var(--ha-font-size-l, 16px);font-weight:var(--ha-font-weight-medium, 500)}h2.title{margin:4px 0 12px;font-size:var(--ha-font-size-2xl, 24px);font-weight:400;line-height:1.3}h4{margin:16px 0 4px;font-size:var(--ha-font-size-m, 14px);font-weight:var(--ha-font-weight-medium, 500)}a{color:inherit}ul{list-style:none}small,.quiet{color:${g};font-size:var(--ha-font-size-s, 12px)}code,pre{font-family:var(--ha-font-family-code, monospace);font-size:var(--ha-font-size-s, 12px)}code.long{overflow-wrap:anywhere}pre{max-height:240px;margin:8px 0;padding:12px;overflow:auto;border-radius:var(--ha-border-radius-md, 8px);background:var(--ha-color-form-background, #f3f3f3);white-space:pre-wrap;overflow-wrap:anywhere}.tone,.notice,.banner,.chip{--dmed4-fill: var(--ha-color-fill-neutral-normal-resting, #e6e6e6);--dmed4-on: var(--primary-text-color, #141414)}.success{--dmed4-fill: var(--ha-color-fill-success-normal-resting, #c2f2c1);--dmed4-on: var(--ha-color-on-success-normal, #036730)}.warning{--dmed4-fill: var(--ha-color-fill-warning-normal-resting, #ffe0c8);--dmed4-on: var(--ha-color-on-warning-normal, #9d3800)}.danger{--dmed4-fill: var(--ha-color-fill-danger-normal-resting, #ffdedc);--dmed4-on: var(--ha-color-on-danger-normal, #b30532)}.tone{flex:none;color:var(--dmed4-on)}.tone.neutral{color:${g}}.chip{display:inline-flex;align-items:center;gap:6px;padding:3px 10px 3px 8px;border-radius:var(--ha-border-radius-pill, 9999px);background:var(--dmed4-fill);color:var(--dmed4-on);font-size:var(--ha-font-size-s, 12px);font-weight:var(--ha-font-weight-medium, 500);line-height:18px;white-space:nowrap}.chip ha-icon{--mdc-icon-size: 16px}.notice,.banner{display:flex;gap:12px;margin:0 0 16px;padding:12px 16px;border-radius:var(--ha-border-radius-lg, 12px);background:var(--dmed4-fill);color:var(--dmed4-on)}.notice>div{display:flex;flex:1;flex-wrap:wrap;align-items:center;gap:8px 16px;min-width:0;overflow-wrap:anywhere}.notice p{flex:1 1 200px}.notice button,.notice button:hover:not([disabled]){background:var(--card-background-color, #fff);color:var(--primary-text-color, #141414)}.banner{padding:16px}.banner>ha-icon{flex:none;--mdc-icon-size: 32px}.banner strong{font-size:var(--ha-font-size-xl, 20px);font-weight:var(--ha-font-weight-medium, 500);line-height:32px}.banner p{max-width:75ch;margin-top:4px}dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(190px,45%),1fr));gap:12px 24px;margin:0}*+h3{margin-top:16px}dt{color:${g};font-size:var(--ha-font-size-s, 12px)}dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}dd small{display:block}dd b{font-size:var(--ha-font-size-xl, 20px);font-weight:var(--ha-font-weight-medium, 500);line-height:1.2}label>span{display:block;margin-bottom:4px;color:${g};font-size:var(--ha-font-size-s, 12px)}::placeholder{color:${g};opacity:1}button ha-icon{--mdc-icon-size: 20px}.downloads{display:flex;flex-wrap:wrap;gap:6px}.downloads button{gap:4px;padding:0 13px 0 9px}.parts>li,.keys>li{display:flex;gap:12px;padding:10px 0}.parts>li+li,.keys>li+li{border-top:1px solid var(--divider-color, rgb(0 0 0 / 12%))}.parts>li>div,.keys>li>div{flex:1;min-width:0}.parts h4{margin:0}.parts p,.keys p{max-width:80ch}.deviations li{display:flex;gap:8px;padding:2px 0}.deviations ha-icon{--mdc-icon-size: 18px}summary{display:flex;align-items:center;gap:8px 12px;min-height:44px;cursor:pointer}summary:after{flex:none;width:8px;height:8px;margin-inline:auto 4px;border:solid ${g};border-width:0 2px 2px 0;content:"";transform:translateY(-2px) rotate(45deg)}[open]>summary:after{transform:translateY(2px) rotate(225deg)}summary::-webkit-details-marker{display:none}.raw>summary{color:${g}}.empty{padding:48px 16px;color:${g};text-align:center}.empty h2{margin:8px 0;color:var(--primary-text-color, #141414)}.empty p{max-width:60ch;margin:8px auto}.empty ha-icon{--mdc-icon-size: 48px}.waiting{display:grid;gap:12px;padding:8px 0}.waiting i{height:20px;border-radius:4px;background:var(--ha-color-fill-neutral-normal-resting, #e6e6e6);opacity:.6}.waiting i:nth-of-type(2){width:70%}.waiting i:nth-of-type(3){width:45%}@media(prefers-reduced-motion:no-preference){.waiting i{animation:wait 1s ease-in-out infinite alternate}@keyframes wait{to{opacity:.25}}}`;var vt=50,re=class extends T{static styles=[R,P,Ne];#e=new x(this);#t=new x(this);#i=-1;willUpdate(e){(e.has("revision")||!this.hasUpdated)&&this.#o()}#o=()=>{this.#t.load(this.hass,"records/list",{...this.#r(this.info.meters[0]),limit:vt})};#r(e){let{meters:t}=this.info;return!e||t.every(({archive:i})=>i===e.archive)?{}:{device_id:t.flatMap(({archive:i,device_id:n})=>i===e.archive?n??[]:[])}}#n(e){this.#i=e.archive,this.#e.clear(),this.#e.load(this.hass,"archive/verify",this.#r(e))}render(){let{meters:e}=this.info,t=[...new Set(e.map(({archive:i})=>i))];return o`${t.map(i=>this.#s(e.filter(n=>n.archive===i)))}
${this.#d()}`}#s(e){let{texts:t}=this,[i]=e,{value:n,busy:s}=this.#e,a=this.#i===i?.archive;return o`
${e.map(l=>this.#l(l))}
<section class="card check">
<div>
<h2>${t("panel.archive.verify")}</h2>
<p class="quiet">${t("panel.archive.verify_hint")}</p>
</div>
<button
type="button"
?disabled=${s||!i?.available}
@click=${()=>{i&&this.#n(i)}}
>
<ha-icon icon="mdi:shield-sync-outline"></ha-icon>
${t(s&&a?"panel.archive.verifying":"panel.archive.verify_now")}
</button>
<div class="wide" role="status">
${a&&n?f(n.suspicious?"warning":"success",n.suspicious?"mdi:shield-alert-outline":"mdi:shield-check",t("panel.archive.verified",{records:n.records,suspicious:n.suspicious,failed:n.failed})):p}
${a&&this.#e.error?f("danger","mdi:alert-circle-outline",this.#e.error):p}
</div>
</section>
`}#l(e){let{texts:t,hass:i}=this,{sync:n}=e,s=c=>k(c,0,i.locale),a=X(i,e.device_id??""),l=Le(ze(i,a,"sensor.measurement_status"));return o`<section class="card">
<header>
<h2>
${e.device_id?o`<a href="/config/devices/device/${e.device_id}">${e.name}</a>`:e.name}
</h2>
</header>
${l?p:f("neutral","mdi:lan-disconnect",t("panel.archive.offline"))}
${e.available?p:f("warning","mdi:database-off-outline",t("panel.unavailable",{name:e.name,count:e.waiting}))}
${e.failed?f("danger","mdi:shield-remove",t("panel.archive.failed",{count:e.failed})):p}
${n.lost?f("danger","mdi:database-remove-outline",t("panel.archive.lost",{count:n.lost})):p}
${n.overwrites_soon?f("warning","mdi:database-alert-outline",t("panel.archive.overwrites_soon")):p}
${n.failed?f("warning","mdi:sync-alert",t("panel.archive.sync_failed")):p}
${N([[t("panel.archive.records"),o`<b>${s(e.records)}</b>`],[t("panel.archive.suspicious"),s(e.suspicious)],[t("panel.archive.missing"),n.missing===null?t("panel.archive.not_known"):s(n.missing)],[t("panel.archive.waiting"),e.waiting?s(e.waiting):null],[t("panel.archive.sync"),t(this.#p(e))]])}
${n.running?this.#a(e):p} ${this.#c(e)}
</section>`}#p({sync:e}){return e.running?"panel.archive.sync_running":e.missing===null?"panel.archive.sync_unknown":e.missing?"panel.archive.sync_behind":"panel.archive.sync_complete"}#a({name:e,sync:t}){let{texts:i}=this,n=t.fetched+(t.missing??0),s=i("panel.archive.progress",{fetched:t.fetched,all:n});return o`<div class="progress">
<progress aria-label=${e} max=${n||1} .value=${t.fetched}></progress>
<span>${s}</span>
</div>`}#c({keys:e}){let{texts:t,hass:i}=this;return o`<h3>${t("panel.archive.keys")}</h3>
${e.length?o`<ul class="keys">
${e.map(n=>o`<li>
<ha-icon
class="tone ${n.state==="changed"?"warning":n.state==="pinned"?"success":"neutral"}"
icon=${n.state==="changed"?"mdi:key-alert-outline":"mdi:key-outline"}
></ha-icon>
<div>
<p>${u(t,"key_state",n.state)}</p>
<p class="quiet">
${t("panel.archive.seen",{first:w(n.first_seen,i),last:w(n.last_seen,i)})}
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
</ul>`:o`<p class="quiet">${t("panel.archive.no_keys")}</p>`}`}#d(){let{texts:e}=this,{value:t,error:i}=this.#t;return!t&&!i?_(e):t?.total===0?p:o`<section class="card" aria-labelledby="others">
<h2 id="others">${e("panel.others.title",{count:t?.total??0})}</h2>
<p class="quiet">${e("panel.others.hint")}</p>
${M(this.#t,e,this.#o)}
${this.i?f("danger","mdi:alert-circle-outline",this.i):p}
<ul class="keys">
${t?.records.map(n=>this.#m(n))}
</ul>
</section>`}#m(e){let{texts:t,hass:i}=this;return o`<li>
<div>
<p>
${e.pagination??b}, ${w(e.time??e.arrived,i)},
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
</li>`}};var Ue=92,yt=30,bt=12,be=5;function ne(r,e=0,t=4){let i=Math.min(0,e),n=Math.max(0,r),s=(n-i)/t||1/t,a=10**Math.floor(Math.log10(s)),l=a*([1,2,2.5,5].find(S=>S*a>=s*.999999)??10),c=Math.floor(i/l+1e-9),d=Math.max(Math.ceil(n/l-1e-9),c+1),h=Array.from({length:d-c+1},(S,O)=>(c+O)*l),m=Math.max(0,-Math.floor(Math.log10(l))),$=Math.abs(l*10**m-Math.round(l*10**m))<1e-6;return{top:d*l,bottom:c*l,ticks:h,decimals:$?m:m+1}}function Ve(r,e,t){let i=r.until||(r.since>t?r.since:t),n=e==="day"?j(i,1-yt):$e(i,1-bt),s=r.since&&r.since<=i?r.since:n,a=e==="day"&&j(s,Ue)<=i?"month":e,l=[],c=a==="day"?s:$e(s,0);for(let m=c;m<=i;m=a==="day"?j(m):$e(m,1))l.push(m);let d=l.slice(-Ue),[h=s]=d;return{period:a,starts:d,since:h>s?h:s,until:i}}function $e(r,e){let t=new Date(`${r.slice(0,7)}-01T00:00:00Z`);return t.setUTCMonth(t.getUTCMonth()+e),t.toISOString().slice(0,10)}function qe(r,e){let t=r.series.slice(0,r.series.length>be?be-1:be),i=r.series.slice(t.length),n=[...t.map(l=>[l]),...i.length?[i]:[]],s=n.map(l=>{let c=new Map;for(let{buckets:d}of l)for(let{start:h,imported:m}of d)c.set(h,(c.get(h)??0)+Number(m));return c}),a=e.map(l=>{let c=s.map(d=>Math.max(0,d.get(l)??0));return{start:l,values:c,total:c.reduce((d,h)=>d+h,0)}});return{series:n.map(l=>({identification:l.length>1?void 0:l[0]?.identification,total:l.reduce((c,{imported:d})=>c+Number(d),0)})),bars:a,highest:Math.max(0,...a.map(({total:l})=>l))}}function Be(r,e,t){let i=n=>n.toFixed(1);return r.map(({time:n,value:s},a)=>a?`H${i(e(n))}V${i(t(s))}`:`M${i(e(n))} ${i(t(s))}`).join("")}function je(r,e,t,i){if(r.length<=2*i)return[...r];let n=new Map;for(let s of r){let a=Math.floor((s.time-e)/(t-e)*i);n.set(a,[...n.get(a)??[],s])}return[...n.values()].flatMap(s=>{let a=[...s].sort((c,d)=>c.value-d.value),l=[a[0],a.at(-1)].filter(c=>c!==void 0);return[...new Set(l)].sort((c,d)=>c.time-d.time)})}function Ge(r,e,t){let n=1e3*([60,300,600,1800,3600,7200,14400,21600,43200,86400,172800,604800].find(l=>(e-r)/1e3/l<=t)??604800*4),s=new Date(r).getTimezoneOffset()*6e4,a=[];for(let l=Math.ceil((r-s)/n)*n+s;l<=e;l+=n)a.push(l);return a}var xe=200,K=44,Ke=64,$t=22,we=8;function Ye(r,e,t){let{text:i,hass:n}=t,s=qe(r,e.starts),a=r.sessions===1?"panel.chart.summary_one":"panel.chart.summary",l=i(a,{energy:E(r.imported,n),sessions:r.sessions,since:F(e.since,n),until:F(e.until,n)});return o`<figure>
<figcaption>${l}</figcaption>
${r.sessions?o`${xt(s,e,l,t)} ${kt(s,t)}
${Tt(s,e,t)}`:o`<p class="quiet">${i("panel.chart.none")}</p>`}
</figure>`}function xt({bars:r,highest:e},{period:t},i,{hass:n,width:s}){let a=ne(e),l=xe-we-$t,c=$=>we+l-$/a.top*l,d=(s-K)/r.length,h=Math.min(d*.72,48),m=Math.ceil(Ke/d);return o`<div class="plot">
<svg viewBox="0 0 ${s} ${xe}" role="img" aria-label=${i}>
${a.ticks.map($=>z`<line class="grid" x1=${K} x2=${s} y1=${c($)} y2=${c($)} />
<text class="tick" x=${K-8} y=${c($)+4} text-anchor="end">${k($,a.decimals,n.locale)}</text>`)}
${r.map(({start:$,values:S,total:O},D)=>{let y=K+D*d+(d-h)/2,Z=0;return z`<g class="bar">
<title>${Ze($,t,n)}: ${k(O,2,n.locale)} kWh</title>
<rect class="hit" x=${K+D*d} y=${we} width=${d} height=${l} />
${S.map((Pe,lt)=>{if(!Pe)return p;let ct=c(Z);return Z+=Pe,z`<rect class="series-${lt}" x=${y} y=${c(Z)} width=${h} height=${Math.max(ct-c(Z),.5)} />`})}
${(r.length-1-D)%m?p:z`<text class="tick" x=${Math.min(y+h/2,s-Ke/3)} y=${xe-4} text-anchor="middle">${wt($,t,n)}</text>`}
</g>`})}
</svg>
</div>`}function wt(r,e,t){return F(r,t,e==="day"?{day:"numeric",month:"short"}:{month:"short",year:"2-digit"})}function Ze(r,e,t){return e==="day"?F(r,t,{dateStyle:"full"}):F(r,t,{month:"long",year:"numeric"})}function We(r,e){return r||e(r===void 0?"panel.chart.others":"panel.unidentified")}function kt({series:r},{text:e,hass:t,search:i,onSearch:n}){return o`<ul class="legend">
${r.map(({identification:s,total:a},l)=>{let c=o`<i class="series-${l}"></i>
<span>${We(s,e)}</span>
<b>${k(a,1,t.locale)} kWh</b>`,d=i!==""&&i===s;return o`<li>
${s?o`<button
type="button"
aria-pressed=${String(d)}
@click=${()=>{n(d?"":s)}}
>
${c}
</button>`:o`<span class="item">${c}</span>`}
</li>`})}
</ul>`}function Tt({bars:r,series:e},{period:t},{text:i,hass:n}){let s=a=>a?k(a,2,n.locale):b;return o`<details class="numbers">
<summary>${i("panel.chart.table")}</summary>
<div class="scroll" tabindex="0" role="group" aria-label=${i("panel.chart.table")}>
<table>
<caption class="visually-hidden">
${i("panel.chart.caption")}
</caption>
<thead>
<tr>
<th scope="col">${i(`panel.chart.${t}`)}</th>
${e.map(({identification:a})=>o`<th scope="col" class="number">${We(a,i)}</th>`)}
<th scope="col" class="number">${i("panel.chart.total")}</th>
</tr>
</thead>
<tbody>
${r.filter(({total:a})=>a).reverse().map(({start:a,values:l,total:c})=>o`<tr>
<th scope="row">${Ze(a,t,n)}</th>
${l.map(d=>o`<td class="number">${s(d)}</td>`)}
<td class="number">${s(c)}</td>
</tr>`)}
</tbody>
</table>
</div>
</details>`}function Xe({filters:r,meters:e,text:t,onFilter:i,onSearch:n}){let s=a=>l=>{i({[a]:l.target.value})};return o`<form
class="filters"
role="search"
@submit=${a=>{a.preventDefault()}}
>
<label class="wide"
><span>${t("panel.filter.search")}</span>
<input
type="search"
name="search"
.value=${r.search}
placeholder=${t("panel.filter.search_hint")}
@input=${a=>{n(a.target.value)}}
/>
</label>
${e.length>1?o`<label
><span>${t("panel.filter.meter")}</span>
<select name="meter" @change=${s("meter")}>
<option value="" ?selected=${!r.meter}>
${t("panel.filter.all_meters")}
</option>
${e.map(({device_id:a,name:l})=>o`<option value=${a??""} ?selected=${a===r.meter}>
${l}
</option>`)}
</select>
</label>`:p}
<label
><span>${t("panel.filter.verdict")}</span>
<select name="verdict" @change=${s("verdict")}>
<option value="" ?selected=${!r.verdict}>${t("panel.filter.any_verdict")}</option>
${ge.map(a=>o`<option value=${a} ?selected=${a===r.verdict}>
${u(t,"panel.verdict",a)}
</option>`)}
</select>
</label>
${["since","until"].map(a=>o`<label
><span>${t(`panel.filter.${a}`)}</span>
<input type="date" name=${a} .value=${r[a]} @change=${s(a)} />
</label>`)}
${ee(r)?o`<button
type="button"
class="reset"
@click=${()=>{i(L)}}
>
<ha-icon icon="mdi:filter-remove-outline"></ha-icon>${t("panel.filter.reset")}
</button>`:p}
</form>`}var St={previous:"mdi:chevron-left",next:"mdi:chevron-right"};function Qe(r,e){let{text:t,severalMeters:i}=e,{sessions:n,total:s,offset:a,limit:l}=r;if(!n.length)return o`<div class="empty">
<ha-icon icon="mdi:magnify-close"></ha-icon>
<p>${t("panel.list.none")}</p>
</div>`;let c=Math.floor(a/l)+1,d=t("panel.list.range",{first:a+1,last:a+n.length,total:s}),h=["begin","duration","energy","who",...i?["meter"]:[],"tariff","verdict"];return o`<table class="sessions" role="table" aria-labelledby="sessions">
<thead role="rowgroup">
<tr role="row">
${h.map(m=>o`<th
role="columnheader"
scope="col"
class=${m==="energy"||m==="duration"?"number":""}
>
${t(`panel.list.${m}`)}
</th>`)}
</tr>
</thead>
<tbody role="rowgroup">
${n.map(m=>Rt(m,e))}
</tbody>
</table>
<nav class="paging" aria-label=${t("panel.list.pages")}>
<span aria-live="polite">${d}</span>
${Je(c-1,c>1,"previous",e)}
${Je(c+1,a+l<s,"next",e)}
</nav>`}function Je(r,e,t,{text:i,onPage:n}){let s=i(`panel.list.${t}`);return o`<button
type="button"
class="icon"
aria-label=${s}
title=${s}
?disabled=${!e}
@click=${()=>{n(r)}}
>
<ha-icon icon=${St[t]}></ha-icon>
</button>`}function Rt(r,{text:e,hass:t,severalMeters:i,hrefOf:n}){let{duration:s,tariff_text:a}=r,l=r.outcome==="open";return o`<tr role="row">
<td role="cell" class="begin">
<a href=${n(r)}
>${r.begin?w(r.begin,t):e("panel.list.no_time")}</a
>
</td>
<td role="cell" class="number duration">
${l?o`<span class="open">${e("panel.outcome.open")}</span>`:s===null?b:V(s)}
</td>
<td role="cell" class="number energy">
${l?b:E(r.imported,t)}
</td>
<td role="cell" class="who">
${Fe(r,e)}
${r.identification?o`<small>${C(r.identification_type,e)}</small>`:p}
</td>
${i?o`<td role="cell" class="meter">${r.meter??e("panel.gone")}</td>`:p}
<td role="cell" class="tariff">${a??b}</td>
<td role="cell" class="verdict">${ie(r.verdict,e)}</td>
</tr>`}var se=v`:host{--dmed4-series-0: #3b82c4;--dmed4-series-1: #d9730d;--dmed4-series-2: #12938a;--dmed4-series-3: #a05cc8;--dmed4-series-4: #808080}figcaption{color:${g}}.plot{margin-top:8px;overflow:hidden}svg{display:block;width:100%;height:auto;overflow:visible}.grid{stroke:var(--divider-color, rgb(0 0 0 / 12%))}.tick{fill:${g};font-size:12px;font-variant-numeric:tabular-nums}`;var et=v`.filters{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));align-items:end;gap:12px;margin-bottom:16px}.filters .wide{grid-column:span 2}.filters input,.filters select{background:var(--card-background-color, #fff)}.icon{width:44px;padding:0}.switch{display:flex;border-radius:var(--ha-border-radius-pill, 9999px);background:var(--ha-color-fill-neutral-quiet-resting, #f3f3f3)}.switch button{background:none}[aria-pressed=true],[aria-pressed=true]:hover:not([disabled]){background:var(--ha-color-fill-primary-normal-resting, #dff3fc)!important}.numbers>summary{color:${g}}.sessions td{height:44px;vertical-align:middle}.sessions td:last-child,.sessions th:last-child{padding-inline-end:0}.sessions small{display:block;line-height:1.3}.sessions tbody tr{position:relative}.sessions tbody tr:hover{background:var(--ha-color-fill-neutral-quiet-resting, #f3f3f3)}.sessions a{text-decoration:none;white-space:nowrap}.sessions a:hover{text-decoration:underline}.sessions a:after{position:absolute;inset:0;content:""}.sessions a:focus-visible{outline:none}.sessions a:focus-visible:after{outline:2px solid var(--primary-color, #009ac7);outline-offset:-2px}.who,.tariff,.meter{max-width:220px;overflow-wrap:anywhere}.open{color:var(--ha-color-on-success-normal, #036730);font-weight:var(--ha-font-weight-medium, 500)}.paging{display:flex;align-items:center;justify-content:flex-end;gap:8px;margin-top:12px}.list[aria-busy=true] tbody{opacity:.6}.hit{fill:transparent}.bar:hover .hit{fill:var(--ha-color-fill-neutral-quiet-resting, #f3f3f3)}.series-0{fill:var(--dmed4-series-0);background:var(--dmed4-series-0)}.series-1{fill:var(--dmed4-series-1);background:var(--dmed4-series-1)}.series-2{fill:var(--dmed4-series-2);background:var(--dmed4-series-2)}.series-3{fill:var(--dmed4-series-3);background:var(--dmed4-series-3)}.series-4{fill:var(--dmed4-series-4);background:var(--dmed4-series-4)}.legend{margin-inline:-12px;display:flex;flex-wrap:wrap;gap:4px 8px;margin-top:8px}.legend button,.legend .item{display:inline-flex;align-items:center;gap:8px;min-height:44px;padding:0 12px;background:none;font-weight:400;overflow-wrap:anywhere}.legend i{flex:none;width:12px;height:12px;border-radius:3px}.legend b{font-weight:var(--ha-font-weight-medium, 500);white-space:nowrap}@container (max-width: 600px){.filters{grid-template-columns:1fr 1fr}.filters .wide{grid-column:1 / -1}}@container (max-width: 720px){.sessions,.sessions tbody{display:block}.sessions thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.sessions tbody tr{display:grid;grid-template-columns:1fr auto;align-items:center;gap:2px 12px;padding:12px 0;border-bottom:1px solid var(--divider-color, rgb(0 0 0 / 12%))}.sessions td{height:auto;max-width:none;padding:0;border:0}.sessions .begin{font-weight:var(--ha-font-weight-medium, 500)}.sessions .verdict{grid-area:1 / 2;justify-self:end}.sessions .energy{grid-area:2 / 2;font-weight:var(--ha-font-weight-medium, 500)}.sessions .who{grid-area:2 / 1}.sessions .duration{grid-area:3 / 2;color:${g}}.sessions .tariff,.sessions .meter{grid-column:1;color:${g};font-size:var(--ha-font-size-s, 12px)}}`;var U=v`.scroll{overflow-x:auto}table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{padding:8px 24px 8px 0;border-bottom:1px solid var(--divider-color, rgb(0 0 0 / 12%));text-align:start;vertical-align:top}thead th{color:${g};font-size:var(--ha-font-size-s, 12px);font-weight:400;white-space:nowrap}tbody th{font-weight:400}.number{text-align:end;white-space:nowrap}`;var ke=25,_t=350,ae=class extends T{static styles=[R,P,U,se,et];#e=new x(this);#t=new x(this);#i="";#o;disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#o)}willUpdate(e){let t=JSON.stringify([this.place,this.#r]);t===this.#i&&!e.has("revision")||(this.#i=t,this.#s())}get#r(){let{meter:e}=this.place.filters;if(e)return[e];let{meters:t}=this.info;return t.every(({archive:i})=>i===t[0]?.archive)?[]:t.flatMap(({archive:i,device_id:n})=>i?[]:n??[])}get#n(){let e={timeZone:this.hass.config.time_zone},t=new Intl.DateTimeFormat("sv-SE",e).format(new Date);return Ve(this.place.filters,this.place.period,t)}updated(){let{value:e,busy:t}=this.#e,i=Math.ceil((e?.total??0)/ke);!t&&e?.sessions.length===0&&i&&i<this.place.page&&this.go({page:i},!0)}#s=()=>{let{filters:e,page:t}=this.place,i=te(e,this.#r);this.#e.load(this.hass,"sessions/list",{...i,offset:(t-1)*ke,limit:ke});let{since:n,until:s,period:a}=this.#n,l=te({...e,since:n,until:s},this.#r);this.#t.load(this.hass,"sessions/energy",{...l,period:a})};#l=(e,t=!1)=>{this.go({filters:{...this.place.filters,...e},page:1},t)};#p=e=>{clearTimeout(this.#o),this.#o=setTimeout(()=>{this.#l({search:e},!0)},_t)};#a(e){let t=this.#r,{meters:i}=this.info,{entry_id:n}=i.find(({device_id:l})=>l===t[0])??i[0]??{},s=new URLSearchParams;for(let[l,c]of Object.entries(te(this.place.filters,t)))for(let d of[c].flat())s.append(l,String(d));let a=String(s)&&`?${s}`;this.save(`/api/${H}/${n??""}/sessions.${e}${a}`)}render(){let{texts:e,info:t}=this,n=this.#e.value?.total===0&&!ee(this.place.filters);return o`
${t.meters.filter(({available:s})=>!s).map(({name:s,waiting:a})=>f("warning","mdi:database-off-outline",e("panel.unavailable",{name:s,count:a})))}
${n?this.#c():o`${this.#d()} ${this.#m()} ${this.#f()}`}
`}#c(){let{texts:e}=this;return o`<section class="empty card">
<ha-icon icon="mdi:ev-station"></ha-icon>
<h2>${e("panel.empty.title")}</h2>
<p>${e("panel.empty.hint")}</p>
</section>`}#d(){return Xe({filters:this.place.filters,meters:this.info.meters.filter(({device_id:e})=>e),text:this.texts,onFilter:this.#l,onSearch:this.#p})}#m(){let{texts:e}=this,t=this.#n,i=this.#t.value;return o`<section class="card" aria-labelledby="energy">
<header>
<h2 id="energy">${e("panel.chart.title")}</h2>
<div class="switch" role="group" aria-label=${e("panel.chart.by")}>
${["day","month"].map(n=>this.#u(n,t.period))}
</div>
</header>
${M(this.#t,e,this.#s)}
${i?.period===t.period?this.#h(i,t):_(e)}
</section>`}#h(e,t){return Ye(e,t,{text:this.texts,hass:this.hass,width:this.z,search:this.place.filters.search,onSearch:i=>{this.#l({search:i})}})}#u(e,t){return o`<button
type="button"
aria-pressed=${String(t===e)}
@click=${()=>{this.go({period:e},!0)}}
>
${this.texts(`panel.chart.${e}`)}
</button>`}#f(){let{texts:e}=this,{value:t,busy:i}=this.#e;return o`<section class="card list" aria-labelledby="sessions" aria-busy=${String(i)}>
<header>
<h2 id="sessions">${e("panel.list.title")}</h2>
${t?.total?o`<div class="downloads">
${["csv","zip"].map(n=>o`<button
type="button"
title=${e(`panel.download.all_${n==="csv"?"csv":"zip"}`)}
@click=${()=>{this.#a(n)}}
>
<ha-icon icon="mdi:download"></ha-icon>${n.toUpperCase()}
</button>`)}
</div>`:p}
</header>
${this.i?f("danger","mdi:alert-circle-outline",this.i):p}
${M(this.#e,e,this.#s)}
${t?this.#g(t):this.#e.error?p:_(e)}
</section>`}#g(e){return Qe(e,{text:this.texts,hass:this.hass,severalMeters:this.info.meters.length>1,hrefOf:t=>this.#v(t),onPage:t=>{this.go({page:t})}})}#v(e){let t=e.device_id??this.place.filters.meter;return this.href({view:"session",session:e.session_id,filters:{...L,meter:t||(this.#r[0]??"")}})}};var tt=v`:host{display:flex;flex-direction:column;height:100dvh;background:var(--primary-background-color, #fafafa)}.bar{display:flex;flex:none;align-items:center;height:var(--header-height, 56px);padding:var(--safe-area-inset-top, 0) calc(12px + var(--safe-area-inset-right, 0px)) 0 calc(12px + var(--safe-area-inset-left, 0px));background:var(--app-header-background-color, #009ac7);color:var(--app-header-text-color, #fff)}h1{margin:0 0 0 8px;overflow:hidden;font-size:var(--ha-font-size-xl, 20px);font-weight:400;text-overflow:ellipsis;white-space:nowrap}.tabs{display:flex;flex:none;gap:4px;padding:0 calc(12px + var(--safe-area-inset-right, 0px)) 0 calc(12px + var(--safe-area-inset-left, 0px));overflow-x:auto;border-bottom:1px solid var(--divider-color, rgb(0 0 0 / 12%));background:var(--card-background-color, #fff)}.tabs a{display:inline-flex;flex:none;align-items:center;gap:8px;min-height:48px;padding:0 12px;border-bottom:3px solid transparent;color:${g};font-weight:var(--ha-font-weight-medium, 500);text-decoration:none}.tabs a:hover,.tabs a[aria-current]{color:var(--primary-text-color, #141414)}.tabs a[aria-current]{border-bottom-color:var(--primary-color, #009ac7)}.tabs a:focus-visible{outline-offset:-4px}.tabs ha-icon{--mdc-icon-size: 20px}main{flex:1;overflow-y:auto;container-type:inline-size}.content{box-sizing:border-box;max-width:1120px;margin:0 auto;padding:16px calc(16px + var(--safe-area-inset-right, 0px)) calc(32px + var(--safe-area-inset-bottom, 0px)) calc(16px + var(--safe-area-inset-left, 0px))}`;var Pt=new Set(["record","last_session_end","last_session_verdict","records_archived","records_failed","records_missing","logbook_progress","measurement_status"]),Mt=5e3,zt=[["sessions","mdi:format-list-bulleted"],["verify","mdi:shield-search"],["archive","mdi:database-outline"]],oe=class extends W{static properties={hass:{attribute:!1},narrow:{type:Boolean,reflect:!0},route:{attribute:!1},d:{state:!0},g:{state:!0},v:{state:!0}};static styles=[R,P,tt];#e=new x(this);#t="";#i="";#o;#r;constructor(){super(),this.narrow=!1,this.g=q,this.v=0}get#n(){return this.route?.prefix??""}connectedCallback(){super.connectedCallback(),window.addEventListener("location-changed",this.#s),window.addEventListener("popstate",this.#s),this.#o=setInterval(()=>{this.g.view==="archive"&&document.visibilityState==="visible"&&this.#a()},Mt),this.#s()}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener("location-changed",this.#s),window.removeEventListener("popstate",this.#s),clearInterval(this.#o),this.#r?.removeEventListener("ready",this.#l),this.#r=void 0}#s=()=>{let{pathname:e,search:t}=window.location;!this.route||!e.startsWith(this.#n)||(this.g=ve(e.slice(this.#n.length),t))};#l=()=>{this.v+=1};willUpdate(e){let{hass:t}=this;if(!t)return;let i=e.get("hass");t.language!==this.#t&&(this.#t=t.language,De(t)),i?.localize!==t.localize&&(this.d=Oe(t)),e.has("route")&&this.#s(),t.connection!==this.#r&&(this.#r?.removeEventListener("ready",this.#l),this.#r=t.connection,t.connection.addEventListener("ready",this.#l)),i?.states!==t.states&&this.#p(t),(e.has("_revision")||e.has("hass")&&!i)&&this.#a()}#p(e){let t=Object.values(e.entities).filter(({platform:i,translation_key:n})=>i===H&&Pt.has(n??"")).map(({entity_id:i})=>e.states[i]?.state).join();t!==this.#i&&(this.#i&&(this.v+=1),this.#i=t)}#a=()=>{this.hass&&this.#e.load(this.hass,"archive/info")};#c=()=>{this.v+=1};#d=e=>{if(e.defaultPrevented||e.button||e.ctrlKey||e.metaKey||e.shiftKey)return;let t=e.composedPath().find(a=>a instanceof HTMLAnchorElement);if(!t||t.target)return;let{origin:i,pathname:n,search:s}=new URL(t.href);i!==window.location.origin||!Lt(n,this.#n)||(e.preventDefault(),ye(this.#n,ve(n.slice(this.#n.length),s)),this.renderRoot.querySelector("main")?.scrollTo(0,0))};render(){let{hass:e,d:t}=this;return!e||!t?o`<div class="bar"></div>`:o`
<div class="bar">
<ha-menu-button .hass=${e} .narrow=${this.narrow}></ha-menu-button>
<h1>${t("panel.title")}</h1>
</div>
<nav class="tabs" aria-label=${t("panel.title")} @click=${this.#d}>
${zt.map(([i,n])=>this.#m(i,n,t))}
</nav>
<main @click=${this.#d}>
<div class="content">${this.#h(e,t)}</div>
</main>
`}#m(e,t,i){let n=this.g.view==="session"?"sessions":this.g.view,s=B({...q,view:e});return o`<a href="${this.#n}${s}" aria-current=${n===e?"page":p}>
<ha-icon icon=${t}></ha-icon>
<span>${i(`panel.tab.${e}`)}</span>
</a>`}#h(e,t){let i=this.#e.value;return o`
${Ae(i?.version,t,n=>f("neutral","mdi:update",n))}
${M(this.#e,t,this.#c)}
${i?this.#u(e,t,i):this.#e.error?p:_(t)}
`}#u(e,t,i){if(!i.meters.length)return o`<section class="empty card">
<ha-icon icon="mdi:lan-disconnect"></ha-icon>
<h2>${t("panel.no_meter.title")}</h2>
<p>${t("panel.no_meter.hint")}</p>
<button type="button" @click=${this.#c}>${t("panel.retry")}</button>
</section>`;let{g:n,v:s}=this,a=this.#n;switch(n.view){case"session":return o`<dmed4-session-page
.hass=${e}
.texts=${t}
.info=${i}
.place=${n}
.base=${a}
.revision=${s}
></dmed4-session-page>`;case"verify":return o`<dmed4-verify-page
.hass=${e}
.texts=${t}
.info=${i}
.place=${n}
.base=${a}
.revision=${s}
></dmed4-verify-page>`;case"archive":return o`<dmed4-archive-page
.hass=${e}
.texts=${t}
.info=${i}
.place=${n}
.base=${a}
.revision=${s}
></dmed4-archive-page>`;case"sessions":return o`<dmed4-overview-page
.hass=${e}
.texts=${t}
.info=${i}
.place=${n}
.base=${a}
.revision=${s}
></dmed4-overview-page>`}}};function Lt(r,e){return r===e||r.startsWith(`${e}/`)}var Et=3e5,At=36e5;async function rt(r,e,t,i){let n=await He(r,e,t/1e3,i/1e3);if(n.length){let s=n.map(({from:a,value:l})=>({time:Math.max(a*1e3,t),value:l}));return it(s,i)}for(let[s,a]of[["5minute",Et],["hour",At]]){let c=(await Ot(r,e,t,i,s)).flatMap(({start:d,mean:h})=>{let m=h===null?null:Ee(r.states[e],String(h));return m===null?[]:{time:Math.max(d,t),value:m}});if(c.length)return it(c,Math.min(i,(c.at(-1)?.time??i)+a))}return[]}function it(r,e){let t=r.at(-1);return t&&t.time<e?[...r,{...t,time:e}]:[...r]}async function Ot(r,e,t,i,n){try{return(await r.callWS({type:"recorder/statistics_during_period",start_time:new Date(t).toISOString(),end_time:new Date(i).toISOString(),statistic_ids:[e],period:n,types:["mean"]}))[e]??[]}catch{return[]}}function Y(r,e,t){return o`<li>
${r}
<div>
<h4>${e}</h4>
${t}
</div>
</li>`}var Dt={valid:"valid",invalid:"invalid"},Ht={changed:"warning",none:"warning"};function nt(r){return o`<ha-icon class="tone ${r[0]}" icon=${r[1]}></ha-icon>`}var It=["success","mdi:check-circle-outline"];function le(r){return r?G(r):nt(It)}function Te({quality:r,billable:e},t){return Y(le(e?void 0:"note"),t("panel.part.clock"),o`<p>${u(t,"clock",r)}</p>`)}function Se({accepted:r,refusal:e},t){return Y(le(r?void 0:"note"),t("panel.part.transparency"),o`<p>${u(t,"refusal",e??"accepted")}</p>`)}function ce(r,e){let{signature:t,key:i,deviations:n}=r,s=n.filter(({severity:a})=>a!=="note");return o`<ul class="parts">
${Y(nt(A(Dt[t.verdict]??"unverifiable")),e("panel.part.signature"),o`<p>${u(e,"signature",t.verdict)}</p>
<p class="quiet">
${u(e,"signature_reason",t.reason)}
${t.algorithm?o`<code>${t.algorithm}</code>`:p}
</p>`)}
${Y(le(i.verdict==="given"?"note":Ht[i.verdict]),e("panel.part.key"),o`<p>${u(e,"key",i.verdict)}</p>
${i.fingerprint?o`<p class="quiet">
${e("panel.part.fingerprint")} <code class="long">${i.fingerprint}</code>
</p>`:p}`)}
${Te(r.clock,e)}
${Y(le(s.length?"warning":void 0),e("panel.part.format"),n.length?o`<ul class="deviations">
${n.map(({code:a,path:l,severity:c})=>o`<li>
${G(c)}
<span>${u(e,"deviation",a)} <code>${l}</code></span>
</li>`)}
</ul>`:o`<p>${e("panel.part.conforms")}</p>`)}
${Se(r.transparency,e)}
</ul>`}function de(r,e,t){let i={B:e("panel.kind.begin"),E:e("panel.kind.end"),r:e("panel.kind.end"),L:e("panel.kind.end"),R:e("panel.kind.end"),C:e("panel.kind.intermediate"),S:e("panel.kind.intermediate"),T:e("panel.kind.intermediate"),X:e("panel.kind.intermediate"),P:e("panel.kind.power_failure")};return r.readings.length?o`<div
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
${["time","transaction","register","value","status"].map(n=>o`<th scope="col" class=${n==="value"?"number":""}>
${e(`panel.readings.${n}`)}
</th>`)}
</tr>
</thead>
<tbody>
${r.readings.map(n=>o`<tr>
<td>${w(n.time,t)}</td>
<td>
${n.transaction?i[n.transaction]??n.transaction:b}
</td>
<td><code>${n.register??b}</code></td>
<td class="number">${n.value??b} ${n.unit??""}</td>
<td>
${n.status??b}
${n.error_flags?o`<code>${n.error_flags}</code>`:p}
</td>
</tr>`)}
</tbody>
</table>
</div>`:o`<p class="quiet">${e("panel.readings.none")}</p>`}function pe(r,e,t){let{meter:i,identification:n}=r;return N([[e("panel.fact.pagination"),r.pagination],[e("panel.fact.identification"),n.data===null?null:o`${n.data}
<small>${C(n.type,e)}</small>`],[e("panel.fact.level"),Re(n.level,e)],[e("panel.fact.flags"),n.flags.join(", ")],[e("panel.fact.tariff"),r.tariff_text],[e("panel.fact.charge_point"),r.charge_point],[e("panel.fact.made_by"),[i.vendor,i.model].filter(Boolean).join(" ")],[e("panel.fact.serial_number"),i.serial_number??i.gateway_serial_number],[e("panel.fact.firmware"),i.firmware],[e("panel.fact.format_version"),r.format_version],[e("panel.fact.source"),r.source?u(e,"source",r.source):null],[e("panel.fact.arrived"),r.arrived?w(r.arrived,t):null],[e("panel.fact.verified"),r.verified?w(r.verified,t):null],[e("panel.fact.digest"),o`<code class="long">${r.digest}</code>`]])}function Re(r,e){return r===null?null:u(e,"identification_level",r.toLowerCase())}function me(r,e){return o`<details class="raw">
<summary>${e("panel.raw")}</summary>
<pre tabindex="0" aria-label=${e("panel.raw")}>${r.raw}</pre>
${r.key.public_key?o`<h4>${e("panel.public_key")}</h4>
<pre tabindex="0" aria-label=${e("panel.public_key")}>${r.key.public_key}</pre>`:p}
</details>`}var st=v`.back{display:inline-flex;align-items:center;gap:8px;min-height:44px;text-decoration:none}.back:hover{text-decoration:underline}.records>h3{margin:24px 0 8px}.record{padding:4px 16px}.record[open]{padding-bottom:16px}.record>summary{flex-wrap:wrap}.record .name{font-weight:var(--ha-font-weight-medium, 500)}.record .chip{margin-inline-start:auto}.record>summary:after{margin-inline:0 4px}.line{fill:none;stroke:var(--dmed4-series-0);stroke-linejoin:round;stroke-width:2}.area{fill:var(--dmed4-series-0);opacity:.15}`;var _e=180,he=44,Ft=22,at=8,ue=class extends T{static properties={...T.properties,q:{state:!0}};static styles=[R,P,U,se,st];#e=new x(this);#t=0;#i="";willUpdate(e){let{session:t}=this.place;t===this.#t&&!e.has("revision")||(t!==this.#t&&(this.#e.clear(),this.q=void 0,this.#i=""),this.#t=t,this.#o())}updated(){let e=this.#e.value;if(!e)return;let{device_id:t,begin:i,end:n}=e,s=JSON.stringify([t,i,n]);s!==this.#i&&(this.#i=s,this.#r(e))}#o=()=>{let{filters:e,session:t}=this.place;this.#e.load(this.hass,"sessions/get",{session_id:t,...e.meter?{device_id:[e.meter]}:{}})};async#r({device_id:e,begin:t,end:i,outcome:n}){let{hass:s}=this,a=X(s,e??"").get("sensor.power"),l=Date.parse(t??""),c=n==="open"?Date.now():Date.parse(i??""),d=a!==void 0&&c>l;this.q=d?await rt(s,a,l,c):[]}render(){let{texts:e}=this,{value:t,error:i}=this.#e;return o`
<a class="back" href=${this.base} @click=${this.#n}>
<ha-icon icon="mdi:arrow-left"></ha-icon>${e("panel.session.back")}
</a>
${M(this.#e,e,this.#o)}
${this.i?f("danger","mdi:alert-circle-outline",this.i):p}
${t?this.#s(t):i?p:_(e)}
`}#n=e=>{e.ctrlKey||e.metaKey||e.shiftKey||(e.preventDefault(),e.stopPropagation(),history.state?.fromList?history.back():this.go(q))};#s(e){let{texts:t,hass:i}=this,[n,s]=A(e.verdict),a=e.begin?t("panel.session.title",{begin:w(e.begin,i)}):t("panel.session.untimed");return o`
<h2 class="title">${a}</h2>
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
${e.findings.map(l=>o`<li>
${G(l.severity)}
<div><p>${Ce(l,t)}</p></div>
</li>`)}
${e.findings.length?p:o`<li>
<ha-icon class="tone success" icon="mdi:check-circle-outline"></ha-icon>
<div><p>${t("panel.session.no_findings")}</p></div>
</li>`}
${Te(e.clock,t)} ${Se(e.transparency,t)}
</ul>
</section>
<section class="records" aria-labelledby="records">
<h3 id="records">
${t("panel.session.records",{count:e.record_reports.length})}
</h3>
${e.record_reports.map((l,c)=>this.#c(l,c===e.record_reports.length-1))}
</section>
`}#l(e){let{texts:t,hass:i}=this,{device_id:n,duration:s,exported:a,identification:l}=e,c=e.meter??t("panel.gone");return N([[t("panel.fact.energy"),o`<b>${E(e.imported,i)}</b>`],[t("panel.fact.exported"),Number(a)?E(a,i):null],[t("panel.fact.begin"),w(e.begin,i)],[t(e.outcome==="open"?"panel.fact.last_known":"panel.fact.end"),w(e.end,i)],[t("panel.fact.duration"),s===null?null:V(s)],[t("panel.fact.identification"),l?o`${l}
<small>${C(e.identification_type,t)}</small>`:t("panel.unidentified")],[t("panel.fact.level"),Re(e.identification_level,t)],[t("panel.fact.tariff"),e.tariff_text],[t("panel.fact.charge_point"),e.charge_point],[t("panel.fact.meter"),n?o`<a href="/config/devices/device/${n}">${c}</a>`:c]])}#p({links:e}){let{texts:t}=this,i=n=>e.ocmf.replace(/\.ocmf$/,`.${n}`);return[this.#a("XML",e.xml,t("panel.download.xml")),this.#a("OCMF",e.ocmf,t("panel.download.ocmf")),this.#a("CSV",i("csv"),t("panel.download.csv")),this.#a("ZIP",i("zip"),t("panel.download.zip"))]}#a(e,t,i){return o`<button
type="button"
title=${i}
?disabled=${t===null}
@click=${()=>{this.save(t??"")}}
>
<ha-icon icon="mdi:download"></ha-icon>${e}
</button>`}#c(e,t){let{texts:i,hass:n}=this;return o`<details class="card record" ?open=${t}>
<summary>
<span class="name"
>${u(i,"panel.kind",e.kind)}
<small>${e.pagination??""}</small></span
>
${ie(e.verdict,i)}
</summary>
${ce(e,i)}
<h4>${i("panel.readings.title")}</h4>
${de(e,i,n)}
<h4>${i("panel.session.contents")}</h4>
${pe(e,i,n)} ${me(e,i)}
<div class="downloads">
${this.#a("OCMF",e.links.ocmf,i("panel.download.ocmf"))}
${this.#a("XML",e.links.xml,i("panel.download.xml"))}
</div>
</details>`}#d(e){let{texts:t,q:i}=this;return o`<section class="card" aria-labelledby="power">
<h3 id="power">${t("panel.session.power")}</h3>
${i===void 0?_(t):i.length?this.#m(i,e):o`<p class="quiet">${t("panel.session.no_power")}</p>`}
</section>`}#m(e,t){let{texts:i,hass:n,z:s}=this,a=Date.parse(t.begin??""),l=e.at(-1)?.time??a,c=e.map(({value:y})=>y),d=Math.max(...c),h=ne(d,Math.min(...c),3),m=_e-at-Ft,$=y=>he+(y-a)/(l-a||1)*(s-he-8),S=y=>at+(h.top-y)/(h.top-h.bottom)*m,O=Be(je(e,a,l,s/2),$,S),D=i("panel.session.power_summary",{highest:k(d,1,n.locale),duration:V((l-a)/1e3)});return o`<figure>
<figcaption>${D}</figcaption>
<div class="plot">
<svg viewBox="0 0 ${s} ${_e}" role="img" aria-label=${D}>
${h.ticks.map(y=>z`<line class="grid" x1=${he} x2=${s} y1=${S(y)} y2=${S(y)} />
<text class="tick" x=${he-8} y=${S(y)+4} text-anchor="end">${k(y,h.decimals,n.locale)}</text>`)}
${Ge(a,l,Math.floor(s/90)).map(y=>z`<text class="tick" x=${$(y)} y=${_e-4} text-anchor="middle">${Q(new Date(y),n,new Date(y))}</text>`)}
<path class="area" d="${O}V${S(0)}H${$(e[0]?.time??a)}Z" />
<path class="line" d=${O} />
</svg>
</div>
</figure>`}};var ot=v`textarea{display:block;box-sizing:border-box;width:100%;padding:12px;resize:vertical;border:0;border-bottom:1px solid var(--ha-color-border-neutral-normal, #7a7a7a);border-radius:var(--ha-border-radius-md, 8px) var(--ha-border-radius-md, 8px) 0 0;background:var(--ha-color-form-background, #f3f3f3);color:var(--primary-text-color, #141414);font-family:var(--ha-font-family-code, monospace);font-size:var(--ha-font-size-s, 12px);line-height:1.5}.verify{display:grid;gap:16px;margin:16px 0 0}.verify button{justify-self:start}.verify+.notice{margin:16px 0 0}`;var fe=class extends T{static styles=[R,P,U,ot];#e=new x(this);#t=async e=>{e.preventDefault();let t=new FormData(e.target),[i="",n=""]=["record","public_key"].map(s=>{let a=t.get(s);return typeof a=="string"?a:""});this.#e.clear(),await this.#e.load(this.hass,"records/verify",{record:i.trim(),...n.trim()?{public_key:n.trim()}:{}}),await this.updateComplete,this.renderRoot.querySelector("#result")?.focus()};render(){let{texts:e}=this,{value:t,error:i,busy:n}=this.#e;return o`
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
`}#i(e){let{texts:t,hass:i,info:n}=this,[s,a]=A(e.verdict),l=n.meters.find(({device_id:d})=>d===e.device_id),c={...L,meter:e.device_id??""};return o`<div id="result" tabindex="-1">
<div class="banner ${s}">
<ha-icon icon=${a}></ha-icon>
<div>
<strong role="heading" aria-level="3"
>${u(t,"panel.verdict",e.verdict)}</strong
>
<p>
${l?t("panel.verify.of_meter",{meter:l.name}):t("panel.verify.of_nobody")}
</p>
<p>
${e.record_id===null?t("panel.verify.not_archived"):t("panel.verify.archived")}
${e.session_id===null?p:o`<a
href=${this.href({view:"session",session:e.session_id,filters:c})}
>${t("panel.verify.open")}</a
>`}
</p>
</div>
</div>
</div>
<section class="card">
${ce(e,t)}
<h4>${t("panel.readings.title")}</h4>
${de(e,t,i)}
<h4>${t("panel.session.contents")}</h4>
${pe(e,t,i)} ${me(e,t)}
</section>`}};I("dmed4-archive-page",re);I("dmed4-overview-page",ae);I("dmed4-session-page",ue);I("dmed4-verify-page",fe);I("lovato-dmed4-panel",oe);
