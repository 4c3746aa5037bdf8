/* Built from frontend/ by its build.mjs. Lit: BSD-3-Clause, Google LLC. */
import{A as q,B as Q,C as I,a as v,b as a,c as L,d,e as Z,f as H,j as Le,k as X,l as Ee,n as Ae,o as Oe,q as De,r as R,u as He,v as Ie,x as J,y as Fe,z as T}from"./shared.js";var ht=1e3,w=class{value;error="";busy=!1;#e;#t=0;#i;constructor(e){this.#e=e,e.addController(this)}hostDisconnected(){clearTimeout(this.#i)}clear(){clearTimeout(this.#i),this.#t+=1,this.value=void 0,this.error="",this.busy=!1}async load(e,t,i={}){clearTimeout(this.#i),this.#t+=1;let n=this.#t;this.busy=!0,this.#e.requestUpdate();try{let s=await e.callWS({type:`${H}/${t}`,...i});if(n!==this.#t)return;this.value=s,this.error=""}catch(s){let o=await J(e,s);if(n!==this.#t)return;if(s?.code==="unknown_command"){this.#i=setTimeout(()=>{this.load(e,t,i)},ht);return}this.error=o}this.busy=!1,this.#e.requestUpdate()}};var A={search:"",meter:"",since:"",until:"",verdict:""},B={view:"sessions",session:0,filters:A,period:"day",page:1},ve=["valid","inconsistent","unverifiable","key_changed","invalid"],ut=/^\d{4}-\d{2}-\d{2}$/,ft=2**31-1;function ee(r){return Object.values(r).some(e=>e!=="")}function ye(r,e){let[t="",i=""]=r.split("/").filter(Boolean),n=new URLSearchParams(e),s=l=>{let c=n.get(l)??"";return ut.test(c)&&!Number.isNaN(Date.parse(c))?c:""},o=t==="session"?Ce(i):0;return{view:o?"session":t==="verify"||t==="archive"?t:"sessions",session:o,filters:{search:n.get("search")??"",meter:n.get("meter")??"",since:s("since"),until:s("until"),verdict:ve.find(l=>l===n.get("verdict"))??""},period:n.get("period")==="month"?"month":"day",page:Ce(n.get("page")??"")||1}}function Ce(r){let e=/^\d+$/.test(r)?Number(r):0;return e<=ft?e:0}function j({view:r,session:e,filters:t,period:i,page:n}){let s=new URLSearchParams;if(r==="session")t.meter&&s.set("meter",t.meter);else if(r==="sessions"){for(let[c,p]of Object.entries(t))p&&s.set(c,p);i!=="day"&&s.set("period",i),n>1&&s.set("page",String(n))}let o={sessions:"",session:`/session/${e}`,verify:"/verify",archive:"/archive"},l=s.toString();return l?`${o[r]}?${l}`:o[r]}function te(r,e){return{...e.length?{device_id:e}:{},...r.search.trim()?{search:r.search.trim()}:{},...r.since?{since:r.since}:{},...r.until?{until:G(r.until)}:{},...r.verdict?{verdict:[r.verdict]}:{}}}function G(r,e=1){let t=new Date(`${r}T00:00:00Z`);return t.setUTCDate(t.getUTCDate()+e),t.toISOString().slice(0,10)}var gt=34;function be(r,e,t=!1){let i=`${r}${j(e)}`;t?history.replaceState(history.state,"",i):history.pushState({fromList:vt(r)&&e.view==="session"},"",i),window.dispatchEvent(new CustomEvent("location-changed",{detail:{replace:t}}))}function vt(r){return window.location.pathname.replace(/\/$/,"")===r}var k=class extends Z{static properties={hass:{attribute:!1},texts:{attribute:!1},info:{attribute:!1},place:{attribute:!1},base:{attribute:!1},revision:{attribute:!1},e:{state:!0},z:{state:!0}};#e=new ResizeObserver(([e])=>{e&&(this.z=Math.max(240,Math.round(e.contentRect.width)-gt))});constructor(){super(),this.e="",this.z=720}connectedCallback(){super.connectedCallback(),this.#e.observe(this)}disconnectedCallback(){super.disconnectedCallback(),this.#e.disconnect()}href(e){return`${this.base}${j({...this.place,...e})}`}go(e,t=!1){be(this.base,{...this.place,...e},t)}async save(e){this.e="";try{await Le(this.hass,e)}catch(t){this.e=await J(this.hass,t)}}shouldUpdate(e){let t=e.get("hass");return e.size>1||t?.locale!==this.hass.locale}};var $="–";function m(r,e,t){return r(`${e}.${t}`)||t}function b(r,e){return r===null?$:Q(new Date(r),e,new Date(0))}function ie(r,e){return/^-?\d+(\.\d+)?$/.test(r)?T(Number(r),r.split(".")[1]?.length??0,e.locale):r}function M(r,e){return r===null?$:`${ie(r,e)} kWh`}function F(r,e,t={dateStyle:"medium"}){return new Intl.DateTimeFormat(e.locale.language,{...t,timeZone:"UTC"}).format(new Date(`${r}T00:00:00Z`))}function C(r,e){return r===null?$:m(e,"identification_type",r.toLowerCase())}function Ne({identification:r},e){return r===null||r===""?e("panel.unidentified"):r}function Ue(r,e,t){let i=Object.fromEntries(r.values.map((n,s)=>[`value_${s+1}`,yt(n,t)]));return e(`finding.${r.code}`,i)||r.code}function yt(r,e){let[,t,i=""]=/^(-?\d+\.\d+)( \w+)?$/.exec(r)??[];return t===void 0?r:`${ie(t,e)}${i}`}var bt={valid:["success","mdi:shield-check"],inconsistent:["warning","mdi:shield-alert-outline"],unverifiable:["neutral","mdi:shield-off-outline"],key_changed:["warning","mdi:key-alert-outline"],invalid:["danger","mdi:shield-remove"]},$t={note:["neutral","mdi:information-outline"],warning:["warning","mdi:alert-outline"],error:["danger","mdi:alert-circle-outline"]};function E(r){return bt[r]??["neutral","mdi:shield-off-outline"]}function K(r){let[e,t]=$t[r];return a`<ha-icon class="tone ${e}" icon=${t}></ha-icon>`}function re(r,e){let[t,i]=E(r);return a`<span class="chip ${t}"
><ha-icon icon=${i}></ha-icon>${m(e,"panel.verdict",r)}</span
>`}function f(r,e,t){return a`<div class="notice ${r}" role=${r==="danger"?"alert":"status"}>
<ha-icon icon=${e}></ha-icon>
<div>${t}</div>
</div>`}function z(r,e,t){return r.error?f("danger","mdi:alert-circle-outline",a`<p>${r.error}</p>
<button type="button" ?disabled=${r.busy} @click=${t}>
${e("panel.retry")}
</button>`):d}function _(r){return a`<div class="waiting" role="status">
<span class="visually-hidden">${r("panel.loading")}</span>
<i></i><i></i><i></i>
</div>`}function N(r){let e=r.filter(([,t])=>t!==null&&t!==""&&t!==d);return a`<dl>
${e.map(([t,i])=>a`<div>
<dt>${t}</dt>
<dd>${i}</dd>
</div>`)}
</dl>`}var Ve=v`.check{display:grid;grid-template-columns:1fr auto;align-items:center;gap:12px 24px}.check .wide{grid-column:1 / -1}.check .notice{margin:0}.progress{margin-top:12px}progress{width:100%;accent-color:var(--primary-color, #009ac7)}@container (max-width: 600px){.check{grid-template-columns:1fr}}`;var g=v`var(--secondary-text-color, #5e5e5e)`;var P=v`:host{display:block;color:var(--primary-text-color, #141414);font-size:var(--ha-font-size-m, 14px);line-height:1.5}.card{display:block;margin:0 0 16px;padding:16px;border:1px solid var(--ha-card-border-color, var(--divider-color, rgb(0 0 0 / 12%)));border-radius:var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px));background:var(--ha-card-background, var(--card-background-color, #fff))}.card>header{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:8px 16px;margin-bottom:12px}h2,h3,h4,p,figure,ul{margin:0;padding:0}h2,h3{font-size:var(--ha-font-size-l, 16px);font-weight:var(--ha-font-weight-medium, 500)}h2.title{margin:4px 0 12px;font-size:var(--ha-font-size-2xl, 24px);font-weight:400;line-height:1.3}h4{margin:16px 0 4px;font-size:var(--ha-font-size-m, 14px);font-weight:var(--ha-font-weight-medium, 500)}a{color:inherit}ul{list-style:none}small,.quiet{color:${g};font-size:var(--ha-font-size-s, 12px)}code,pre{font-family:var(--ha-font-family-code, monospace);font-size:var(--ha-font-size-s, 12px)}code.long{overflow-wrap:anywhere}pre{max-height:240px;margin:8px 0;padding:12px;overflow:auto;border-radius:var(--ha-border-radius-md, 8px);background:var(--ha-color-form-background, #f3f3f3);white-space:pre-wrap;overflow-wrap:anywhere}.tone,.notice,.banner,.chip{--dmed4-fill: var(--ha-color-fill-neutral-normal-resting, #e6e6e6);--dmed4-on: var(--primary-text-color, #141414)}.success{--dmed4-fill: var(--ha-color-fill-success-normal-resting, #c2f2c1);--dmed4-on: var(--ha-color-on-success-normal, #036730)}.warning{--dmed4-fill: var(--ha-color-fill-warning-normal-resting, #ffe0c8);--dmed4-on: var(--ha-color-on-warning-normal, #9d3800)}.danger{--dmed4-fill: var(--ha-color-fill-danger-normal-resting, #ffdedc);--dmed4-on: var(--ha-color-on-danger-normal, #b30532)}.tone{flex:none;color:var(--dmed4-on)}.tone.neutral{color:${g}}.chip{display:inline-flex;align-items:center;gap:6px;padding:3px 10px 3px 8px;border-radius:var(--ha-border-radius-pill, 9999px);background:var(--dmed4-fill);color:var(--dmed4-on);font-size:var(--ha-font-size-s, 12px);font-weight:var(--ha-font-weight-medium, 500);line-height:18px;white-space:nowrap}.chip ha-icon{--mdc-icon-size: 16px}.notice,.banner{display:flex;gap:12px;margin:0 0 16px;padding:12px 16px;border-radius:var(--ha-border-radius-lg, 12px);background:var(--dmed4-fill);color:var(--dmed4-on)}.notice>div{display:flex;flex:1;flex-wrap:wrap;align-items:center;gap:8px 16px;min-width:0;overflow-wrap:anywhere}.notice p{flex:1 1 200px}.notice button,.notice button:hover:not([disabled]){background:var(--card-background-color, #fff);color:var(--primary-text-color, #141414)}.banner{padding:16px}.banner>ha-icon{flex:none;--mdc-icon-size: 32px}.banner strong{font-size:var(--ha-font-size-xl, 20px);font-weight:var(--ha-font-weight-medium, 500);line-height:32px}.banner p{max-width:75ch;margin-top:4px}dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(190px,45%),1fr));gap:12px 24px;margin:0}*+h3{margin-top:16px}dt{color:${g};font-size:var(--ha-font-size-s, 12px)}dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}dd small{display:block}dd b{font-size:var(--ha-font-size-xl, 20px);font-weight:var(--ha-font-weight-medium, 500);line-height:1.2}label>span{display:block;margin-bottom:4px;color:${g};font-size:var(--ha-font-size-s, 12px)}::placeholder{color:${g};opacity:1}button ha-icon{--mdc-icon-size: 20px}.downloads{display:flex;flex-wrap:wrap;gap:6px}.downloads button{gap:4px;padding:0 13px 0 9px}.parts>li,.keys>li{display:flex;gap:12px;padding:10px 0}.parts>li+li,.keys>li+li{border-top:1px solid var(--divider-color, rgb(0 0 0 / 12%))}.parts>li>div,.keys>li>div{flex:1;min-width:0}.parts h4{margin:0}.parts p,.keys p{max-width:80ch}.deviations li{display:flex;gap:8px;padding:2px 0}.deviations ha-icon{--mdc-icon-size: 18px}summary{display:flex;align-items:center;gap:8px 12px;min-height:44px;cursor:pointer}summary:after{flex:none;width:8px;height:8px;margin-inline:auto 4px;border:solid ${g};border-width:0 2px 2px 0;content:"";transform:translateY(-2px) rotate(45deg)}[open]>summary:after{transform:translateY(2px) rotate(225deg)}summary::-webkit-details-marker{display:none}.raw>summary{color:${g}}.empty{padding:48px 16px;color:${g};text-align:center}.empty h2{margin:8px 0;color:var(--primary-text-color, #141414)}.empty p{max-width:60ch;margin:8px auto}.empty ha-icon{--mdc-icon-size: 48px}.waiting{display:grid;gap:12px;padding:8px 0}.waiting i{height:20px;border-radius:4px;background:var(--ha-color-fill-neutral-normal-resting, #e6e6e6);opacity:.6}.waiting i:nth-of-type(2){width:70%}.waiting i:nth-of-type(3){width:45%}@media(prefers-reduced-motion:no-preference){.waiting i{animation:wait 1s ease-in-out infinite alternate}@keyframes wait{to{opacity:.25}}}`;var xt=50,ne=class extends k{static styles=[R,P,Ve];#e=new w(this);#t=new w(this);#i=-1;willUpdate(e){(e.has("revision")||!this.hasUpdated)&&this.#a()}#a=()=>{this.#t.load(this.hass,"records/list",{...this.#r(this.info.meters[0]),limit:xt})};#r(e){let{meters:t}=this.info;return!e||t.every(({archive:i})=>i===e.archive)?{}:{device_id:t.flatMap(({archive:i,device_id:n})=>i===e.archive?n??[]:[])}}#n(e){this.#i=e.archive,this.#e.clear(),this.#e.load(this.hass,"archive/verify",this.#r(e))}render(){let{meters:e}=this.info,t=[...new Set(e.map(({archive:i})=>i))];return a`${t.map(i=>this.#s(e.filter(n=>n.archive===i)))}
${this.#d()}`}#s(e){let{texts:t}=this,[i]=e,{value:n,busy:s}=this.#e,o=this.#i===i?.archive;return a`
${e.map(l=>this.#o(l))}
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
${t(s&&o?"panel.archive.verifying":"panel.archive.verify_now")}
</button>
<div class="wide" role="status">
${o&&n?f(n.suspicious?"warning":"success",n.suspicious?"mdi:shield-alert-outline":"mdi:shield-check",t("panel.archive.verified",{records:n.records,suspicious:n.suspicious,failed:n.failed})):d}
${o&&this.#e.error?f("danger","mdi:alert-circle-outline",this.#e.error):d}
</div>
</section>
`}#o(e){let{texts:t,hass:i}=this,{sync:n}=e,s=c=>T(c,0,i.locale),o=X(i,e.device_id??""),l=Ae(Ee(i,o,"sensor.measurement_status"));return a`<section class="card">
<header>
<h2>
${e.device_id?a`<a href="/config/devices/device/${e.device_id}">${e.name}</a>`:e.name}
</h2>
</header>
${l?d:f("neutral","mdi:lan-disconnect",t("panel.archive.offline"))}
${e.available?d:f("warning","mdi:database-off-outline",t("panel.unavailable",{name:e.name,count:e.waiting}))}
${e.failed?f("danger","mdi:shield-remove",t("panel.archive.failed",{count:e.failed})):d}
${n.lost?f("danger","mdi:database-remove-outline",t("panel.archive.lost",{count:n.lost})):d}
${n.overwrites_soon?f("warning","mdi:database-alert-outline",t("panel.archive.overwrites_soon")):d}
${n.failed?f("warning","mdi:sync-alert",t("panel.archive.sync_failed")):d}
${N([[t("panel.archive.records"),a`<b>${s(e.records)}</b>`],[t("panel.archive.suspicious"),s(e.suspicious)],[t("panel.archive.missing"),n.missing===null?t("panel.archive.not_known"):s(n.missing)],[t("panel.archive.waiting"),e.waiting?s(e.waiting):null],[t("panel.archive.sync"),t(this.#p(e))]])}
${n.running?this.#l(e):d} ${this.#c(e)}
</section>`}#p({sync:e}){return e.running?"panel.archive.sync_running":e.missing===null?"panel.archive.sync_unknown":e.missing?"panel.archive.sync_behind":"panel.archive.sync_complete"}#l({name:e,sync:t}){let{texts:i}=this,n=t.fetched+(t.missing??0),s=i("panel.archive.progress",{fetched:t.fetched,all:n});return a`<div class="progress">
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
<p>${m(t,"key_state",n.state)}</p>
<p class="quiet">
${t("panel.archive.seen",{first:b(n.first_seen,i),last:b(n.last_seen,i)})}
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
</ul>`:a`<p class="quiet">${t("panel.archive.no_keys")}</p>`}`}#d(){let{texts:e}=this,{value:t,error:i}=this.#t;return!t&&!i?_(e):t?.total===0?d:a`<section class="card" aria-labelledby="others">
<h2 id="others">${e("panel.others.title",{count:t?.total??0})}</h2>
<p class="quiet">${e("panel.others.hint")}</p>
${z(this.#t,e,this.#a)}
${this.e?f("danger","mdi:alert-circle-outline",this.e):d}
<ul class="keys">
${t?.records.map(n=>this.#m(n))}
</ul>
</section>`}#m(e){let{texts:t,hass:i}=this;return a`<li>
<div>
<p>
${e.pagination??$}, ${b(e.time??e.arrived,i)},
${e.meter??t("panel.gone")}
</p>
<p class="quiet">${m(t,"signature",e.signature)}</p>
</div>
<button
type="button"
aria-label="OCMF ${e.pagination??""}: ${t("panel.download.ocmf")}"
@click=${()=>{this.save(e.links.ocmf)}}
>
<ha-icon icon="mdi:download"></ha-icon>OCMF
</button>
</li>`}};var qe=92,wt=30,Tt=12,$e=5;function se(r,e=0,t=4){let i=Math.min(0,e),n=Math.max(0,r),s=(n-i)/t||1/t,o=10**Math.floor(Math.log10(s)),l=o*([1,2,2.5,5].find(S=>S*o>=s*.999999)??10),c=Math.floor(i/l+1e-9),p=Math.max(Math.ceil(n/l-1e-9),c+1),u=Array.from({length:p-c+1},(S,O)=>(c+O)*l),h=Math.max(0,-Math.floor(Math.log10(l))),x=Math.abs(l*10**h-Math.round(l*10**h))<1e-6;return{top:p*l,bottom:c*l,ticks:u,decimals:x?h:h+1}}function Be(r,e,t){let i=r.until||(r.since>t?r.since:t),n=e==="day"?G(i,1-wt):xe(i,1-Tt),s=r.since&&r.since<=i?r.since:n,o=e==="day"&&G(s,qe)<=i?"month":e,l=[],c=o==="day"?s:xe(s,0);for(let h=c;h<=i;h=o==="day"?G(h):xe(h,1))l.push(h);let p=l.slice(-qe),[u=s]=p;return{period:o,starts:p,since:u>s?u:s,until:i}}function xe(r,e){let t=new Date(`${r.slice(0,7)}-01T00:00:00Z`);return t.setUTCMonth(t.getUTCMonth()+e),t.toISOString().slice(0,10)}function je(r,e){let t=r.series.slice(0,r.series.length>$e?$e-1:$e),i=r.series.slice(t.length),n=[...t.map(l=>[l]),...i.length?[i]:[]],s=n.map(l=>{let c=new Map;for(let{buckets:p}of l)for(let{start:u,imported:h}of p)c.set(u,(c.get(u)??0)+Number(h));return c}),o=e.map(l=>{let c=s.map(p=>Math.max(0,p.get(l)??0));return{start:l,values:c,total:c.reduce((p,u)=>p+u,0)}});return{series:n.map(l=>({identification:l.length>1?void 0:l[0]?.identification,total:l.reduce((c,{imported:p})=>c+Number(p),0)})),bars:o,highest:Math.max(0,...o.map(({total:l})=>l))}}function Ge(r,e,t){let i=n=>n.toFixed(1);return r.map(({time:n,value:s},o)=>o?`H${i(e(n))}V${i(t(s))}`:`M${i(e(n))} ${i(t(s))}`).join("")}function Ke(r,e,t,i){if(r.length<=2*i)return[...r];let n=new Map;for(let s of r){let o=Math.floor((s.time-e)/(t-e)*i);n.set(o,[...n.get(o)??[],s])}return[...n.values()].flatMap(s=>{let o=[...s].sort((c,p)=>c.value-p.value),l=[o[0],o.at(-1)].filter(c=>c!==void 0);return[...new Set(l)].sort((c,p)=>c.time-p.time)})}function We(r,e,t){let n=1e3*([60,300,600,1800,3600,7200,14400,21600,43200,86400,172800,604800].find(l=>(e-r)/1e3/l<=t)??604800*4),s=new Date(r).getTimezoneOffset()*6e4,o=[];for(let l=Math.ceil((r-s)/n)*n+s;l<=e;l+=n)o.push(l);return o}var we=200,W=44,Ye=64,kt=22,Te=8;function Ze(r,e,t){let{text:i,hass:n}=t,s=je(r,e.starts),o=r.sessions===1?"panel.chart.summary_one":"panel.chart.summary",l=i(o,{energy:M(r.imported,n),sessions:r.sessions,since:F(e.since,n),until:F(e.until,n)});return a`<figure>
<figcaption>${l}</figcaption>
${r.sessions?a`${St(s,e,l,t)} ${_t(s,t)}
${Pt(s,e,t)}`:a`<p class="quiet">${i("panel.chart.none")}</p>`}
</figure>`}function St({bars:r,highest:e},{period:t},i,{hass:n,width:s}){let o=se(e),l=we-Te-kt,c=x=>Te+l-x/o.top*l,p=(s-W)/r.length,u=Math.min(p*.72,48),h=Math.ceil(Ye/p);return a`<div class="plot">
<svg viewBox="0 0 ${s} ${we}" role="img" aria-label=${i}>
${o.ticks.map(x=>L`<line class="grid" x1=${W} x2=${s} y1=${c(x)} y2=${c(x)} />
<text class="tick" x=${W-8} y=${c(x)+4} text-anchor="end">${T(x,o.decimals,n.locale)}</text>`)}
${r.map(({start:x,values:S,total:O},D)=>{let y=W+D*p+(p-u)/2,Y=0;return L`<g class="bar">
<title>${Xe(x,t,n)}: ${T(O,2,n.locale)} kWh</title>
<rect class="hit" x=${W+D*p} y=${Te} width=${p} height=${l} />
${S.map((ze,pt)=>{if(!ze)return d;let mt=c(Y);return Y+=ze,L`<rect class="series-${pt}" x=${y} y=${c(Y)} width=${u} height=${Math.max(mt-c(Y),.5)} />`})}
${(r.length-1-D)%h?d:L`<text class="tick" x=${Math.min(y+u/2,s-Ye/3)} y=${we-4} text-anchor="middle">${Rt(x,t,n)}</text>`}
</g>`})}
</svg>
</div>`}function Rt(r,e,t){return F(r,t,e==="day"?{day:"numeric",month:"short"}:{month:"short",year:"2-digit"})}function Xe(r,e,t){return e==="day"?F(r,t,{dateStyle:"full"}):F(r,t,{month:"long",year:"numeric"})}function Je(r,e){return r||e(r===void 0?"panel.chart.others":"panel.unidentified")}function _t({series:r},{text:e,hass:t,search:i,onSearch:n}){return a`<ul class="legend">
${r.map(({identification:s,total:o},l)=>{let c=a`<i class="series-${l}"></i>
<span>${Je(s,e)}</span>
<b>${T(o,1,t.locale)} kWh</b>`,p=i!==""&&i===s;return a`<li>
${s?a`<button
type="button"
aria-pressed=${String(p)}
@click=${()=>{n(p?"":s)}}
>
${c}
</button>`:a`<span class="item">${c}</span>`}
</li>`})}
</ul>`}function Pt({bars:r,series:e},{period:t},{text:i,hass:n}){let s=o=>o?T(o,2,n.locale):$;return a`<details class="numbers">
<summary>${i("panel.chart.table")}</summary>
<div class="scroll" tabindex="0" role="group" aria-label=${i("panel.chart.table")}>
<table>
<caption class="visually-hidden">
${i("panel.chart.caption")}
</caption>
<thead>
<tr>
<th scope="col">${i(`panel.chart.${t}`)}</th>
${e.map(({identification:o})=>a`<th scope="col" class="number">${Je(o,i)}</th>`)}
<th scope="col" class="number">${i("panel.chart.total")}</th>
</tr>
</thead>
<tbody>
${r.filter(({total:o})=>o).reverse().map(({start:o,values:l,total:c})=>a`<tr>
<th scope="row">${Xe(o,t,n)}</th>
${l.map(p=>a`<td class="number">${s(p)}</td>`)}
<td class="number">${s(c)}</td>
</tr>`)}
</tbody>
</table>
</div>
</details>`}function Qe({filters:r,meters:e,text:t,onFilter:i,onSearch:n}){let s=o=>l=>{i({[o]:l.target.value})};return a`<form
class="filters"
role="search"
@submit=${o=>{o.preventDefault()}}
>
<label class="wide"
><span>${t("panel.filter.search")}</span>
<input
type="search"
name="search"
.value=${r.search}
placeholder=${t("panel.filter.search_hint")}
@input=${o=>{n(o.target.value)}}
/>
</label>
${e.length>1?a`<label
><span>${t("panel.filter.meter")}</span>
<select name="meter" @change=${s("meter")}>
<option value="" ?selected=${!r.meter}>
${t("panel.filter.all_meters")}
</option>
${e.map(({device_id:o,name:l})=>a`<option value=${o??""} ?selected=${o===r.meter}>
${l}
</option>`)}
</select>
</label>`:d}
<label
><span>${t("panel.filter.verdict")}</span>
<select name="verdict" @change=${s("verdict")}>
<option value="" ?selected=${!r.verdict}>${t("panel.filter.any_verdict")}</option>
${ve.map(o=>a`<option value=${o} ?selected=${o===r.verdict}>
${m(t,"panel.verdict",o)}
</option>`)}
</select>
</label>
${["since","until"].map(o=>a`<label
><span>${t(`panel.filter.${o}`)}</span>
<input type="date" name=${o} .value=${r[o]} @change=${s(o)} />
</label>`)}
${ee(r)?a`<button
type="button"
class="reset"
@click=${()=>{i(A)}}
>
<ha-icon icon="mdi:filter-remove-outline"></ha-icon>${t("panel.filter.reset")}
</button>`:d}
</form>`}var Mt={previous:"mdi:chevron-left",next:"mdi:chevron-right"};function tt(r,e){let{text:t,severalMeters:i}=e,{sessions:n,total:s,offset:o,limit:l}=r;if(!n.length)return a`<div class="empty">
<ha-icon icon="mdi:magnify-close"></ha-icon>
<p>${t("panel.list.none")}</p>
</div>`;let c=Math.floor(o/l)+1,p=t("panel.list.range",{first:o+1,last:o+n.length,total:s}),u=["begin","duration","energy","who",...i?["meter"]:[],"tariff","verdict"];return a`<table class="sessions" role="table" aria-labelledby="sessions">
<thead role="rowgroup">
<tr role="row">
${u.map(h=>a`<th
role="columnheader"
scope="col"
class=${h==="energy"||h==="duration"?"number":""}
>
${t(`panel.list.${h}`)}
</th>`)}
</tr>
</thead>
<tbody role="rowgroup">
${n.map(h=>zt(h,e))}
</tbody>
</table>
<nav class="paging" aria-label=${t("panel.list.pages")}>
<span aria-live="polite">${p}</span>
${et(c-1,c>1,"previous",e)}
${et(c+1,o+l<s,"next",e)}
</nav>`}function et(r,e,t,{text:i,onPage:n}){let s=i(`panel.list.${t}`);return a`<button
type="button"
class="icon"
aria-label=${s}
title=${s}
?disabled=${!e}
@click=${()=>{n(r)}}
>
<ha-icon icon=${Mt[t]}></ha-icon>
</button>`}function zt(r,{text:e,hass:t,severalMeters:i,hrefOf:n}){let{duration:s,tariff_text:o}=r,l=r.outcome==="open";return a`<tr role="row">
<td role="cell" class="begin">
<a href=${n(r)}
>${r.begin?b(r.begin,t):e("panel.list.no_time")}</a
>
</td>
<td role="cell" class="number duration">
${l?a`<span class="open">${e("panel.outcome.open")}</span>`:s===null?$:q(s)}
</td>
<td role="cell" class="number energy">
${l?$:M(r.imported,t)}
</td>
<td role="cell" class="who">
${Ne(r,e)}
${r.identification?a`<small>${C(r.identification_type,e)}</small>`:d}
</td>
${i?a`<td role="cell" class="meter">${r.meter??e("panel.gone")}</td>`:d}
<td role="cell" class="tariff">${o??$}</td>
<td role="cell" class="verdict">${re(r.verdict,e)}</td>
</tr>`}var ae=v`:host{--dmed4-series-0: #3b82c4;--dmed4-series-1: #d9730d;--dmed4-series-2: #12938a;--dmed4-series-3: #a05cc8;--dmed4-series-4: #808080}figcaption{color:${g}}.plot{margin-top:8px;overflow:hidden}svg{display:block;width:100%;height:auto;overflow:visible}.grid{stroke:var(--divider-color, rgb(0 0 0 / 12%))}.tick{fill:${g};font-size:12px;font-variant-numeric:tabular-nums}`;var it=v`.filters{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));align-items:end;gap:12px;margin-bottom:16px}.filters .wide{grid-column:span 2}.filters input,.filters select{background:var(--card-background-color, #fff)}.icon{width:44px;padding:0}.switch{display:flex;border-radius:var(--ha-border-radius-pill, 9999px);background:var(--ha-color-fill-neutral-quiet-resting, #f3f3f3)}.switch button{background:none}[aria-pressed=true],[aria-pressed=true]:hover:not([disabled]){background:var(--ha-color-fill-primary-normal-resting, #dff3fc)!important}.numbers>summary{color:${g}}.sessions td{height:44px;vertical-align:middle}.sessions td:last-child,.sessions th:last-child{padding-inline-end:0}.sessions small{display:block;line-height:1.3}.sessions tbody tr{position:relative}.sessions tbody tr:hover{background:var(--ha-color-fill-neutral-quiet-resting, #f3f3f3)}.sessions a{text-decoration:none;white-space:nowrap}.sessions a:hover{text-decoration:underline}.sessions a:after{position:absolute;inset:0;content:""}.sessions a:focus-visible{outline:none}.sessions a:focus-visible:after{outline:2px solid var(--primary-color, #009ac7);outline-offset:-2px}.who,.tariff,.meter{max-width:220px;overflow-wrap:anywhere}.open{color:var(--ha-color-on-success-normal, #036730);font-weight:var(--ha-font-weight-medium, 500)}.paging{display:flex;align-items:center;justify-content:flex-end;gap:8px;margin-top:12px}.list[aria-busy=true] tbody{opacity:.6}.hit{fill:transparent}.bar:hover .hit{fill:var(--ha-color-fill-neutral-quiet-resting, #f3f3f3)}.series-0{fill:var(--dmed4-series-0);background:var(--dmed4-series-0)}.series-1{fill:var(--dmed4-series-1);background:var(--dmed4-series-1)}.series-2{fill:var(--dmed4-series-2);background:var(--dmed4-series-2)}.series-3{fill:var(--dmed4-series-3);background:var(--dmed4-series-3)}.series-4{fill:var(--dmed4-series-4);background:var(--dmed4-series-4)}.legend{margin-inline:-12px;display:flex;flex-wrap:wrap;gap:4px 8px;margin-top:8px}.legend button,.legend .item{display:inline-flex;align-items:center;gap:8px;min-height:44px;padding:0 12px;background:none;font-weight:400;overflow-wrap:anywhere}.legend i{flex:none;width:12px;height:12px;border-radius:3px}.legend b{font-weight:var(--ha-font-weight-medium, 500);white-space:nowrap}@container (max-width: 600px){.filters{grid-template-columns:1fr 1fr}.filters .wide{grid-column:1 / -1}}@container (max-width: 720px){.sessions,.sessions tbody{display:block}.sessions thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.sessions tbody tr{display:grid;grid-template-columns:1fr auto;align-items:center;gap:2px 12px;padding:12px 0;border-bottom:1px solid var(--divider-color, rgb(0 0 0 / 12%))}.sessions td{height:auto;max-width:none;padding:0;border:0}.sessions .begin{font-weight:var(--ha-font-weight-medium, 500)}.sessions .verdict{grid-area:1 / 2;justify-self:end}.sessions .energy{grid-area:2 / 2;font-weight:var(--ha-font-weight-medium, 500)}.sessions .who{grid-area:2 / 1}.sessions .duration{grid-area:3 / 2;color:${g}}.sessions .tariff,.sessions .meter{grid-column:1;color:${g};font-size:var(--ha-font-size-s, 12px)}}`;var U=v`.scroll{overflow-x:auto}table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{padding:8px 24px 8px 0;border-bottom:1px solid var(--divider-color, rgb(0 0 0 / 12%));text-align:start;vertical-align:top}thead th{color:${g};font-size:var(--ha-font-size-s, 12px);font-weight:400;white-space:nowrap}tbody th{font-weight:400}.number{text-align:end;white-space:nowrap}`;var ke=25,Lt=350,oe=class extends k{static styles=[R,P,U,ae,it];#e=new w(this);#t=new w(this);#i="";#a;disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#a)}willUpdate(e){let t=JSON.stringify([this.place,this.#r]);t===this.#i&&!e.has("revision")||(this.#i=t,this.#s())}get#r(){let{meter:e}=this.place.filters;if(e)return[e];let{meters:t}=this.info;return t.every(({archive:i})=>i===t[0]?.archive)?[]:t.flatMap(({archive:i,device_id:n})=>i?[]:n??[])}get#n(){let e={timeZone:this.hass.config.time_zone},t=new Intl.DateTimeFormat("sv-SE",e).format(new Date);return Be(this.place.filters,this.place.period,t)}updated(){let{value:e,busy:t}=this.#e,i=Math.ceil((e?.total??0)/ke);!t&&e?.sessions.length===0&&i&&i<this.place.page&&this.go({page:i},!0)}#s=()=>{let{filters:e,page:t}=this.place,i=te(e,this.#r);this.#e.load(this.hass,"sessions/list",{...i,offset:(t-1)*ke,limit:ke});let{since:n,until:s,period:o}=this.#n,l=te({...e,since:n,until:s},this.#r);this.#t.load(this.hass,"sessions/energy",{...l,period:o})};#o=(e,t=!1)=>{this.go({filters:{...this.place.filters,...e},page:1},t)};#p=e=>{clearTimeout(this.#a),this.#a=setTimeout(()=>{this.#o({search:e},!0)},Lt)};#l(e){let t=this.#r,{meters:i}=this.info,{entry_id:n}=i.find(({device_id:l})=>l===t[0])??i[0]??{},s=new URLSearchParams;for(let[l,c]of Object.entries(te(this.place.filters,t)))for(let p of[c].flat())s.append(l,String(p));let o=String(s)&&`?${s}`;this.save(`/api/${H}/${n??""}/sessions.${e}${o}`)}render(){let{texts:e,info:t}=this,n=this.#e.value?.total===0&&!ee(this.place.filters);return a`
${t.meters.filter(({available:s})=>!s).map(({name:s,waiting:o})=>f("warning","mdi:database-off-outline",e("panel.unavailable",{name:s,count:o})))}
${n?this.#c():a`${this.#d()} ${this.#m()} ${this.#f()}`}
`}#c(){let{texts:e}=this;return a`<section class="empty card">
<ha-icon icon="mdi:ev-station"></ha-icon>
<h2>${e("panel.empty.title")}</h2>
<p>${e("panel.empty.hint")}</p>
</section>`}#d(){return Qe({filters:this.place.filters,meters:this.info.meters.filter(({device_id:e})=>e),text:this.texts,onFilter:this.#o,onSearch:this.#p})}#m(){let{texts:e}=this,t=this.#n,i=this.#t.value;return a`<section class="card" aria-labelledby="energy">
<header>
<h2 id="energy">${e("panel.chart.title")}</h2>
<div class="switch" role="group" aria-label=${e("panel.chart.by")}>
${["day","month"].map(n=>this.#u(n,t.period))}
</div>
</header>
${z(this.#t,e,this.#s)}
${i?.period===t.period?this.#h(i,t):_(e)}
</section>`}#h(e,t){return Ze(e,t,{text:this.texts,hass:this.hass,width:this.z,search:this.place.filters.search,onSearch:i=>{this.#o({search:i})}})}#u(e,t){return a`<button
type="button"
aria-pressed=${String(t===e)}
@click=${()=>{this.go({period:e},!0)}}
>
${this.texts(`panel.chart.${e}`)}
</button>`}#f(){let{texts:e}=this,{value:t,busy:i}=this.#e;return a`<section class="card list" aria-labelledby="sessions" aria-busy=${String(i)}>
<header>
<h2 id="sessions">${e("panel.list.title")}</h2>
${t?.total?a`<div class="downloads">
${["csv","zip"].map(n=>a`<button
type="button"
title=${e(`panel.download.all_${n==="csv"?"csv":"zip"}`)}
@click=${()=>{this.#l(n)}}
>
<ha-icon icon="mdi:download"></ha-icon>${n.toUpperCase()}
</button>`)}
</div>`:d}
</header>
${this.e?f("danger","mdi:alert-circle-outline",this.e):d}
${z(this.#e,e,this.#s)}
${t?this.#g(t):this.#e.error?d:_(e)}
</section>`}#g(e){return tt(e,{text:this.texts,hass:this.hass,severalMeters:this.info.meters.length>1,hrefOf:t=>this.#v(t),onPage:t=>{this.go({page:t})}})}#v(e){let t=e.device_id??this.place.filters.meter;return this.href({view:"session",session:e.session_id,filters:{...A,meter:t||(this.#r[0]??"")}})}};var rt=v`:host{display:flex;flex-direction:column;height:100dvh;background:var(--primary-background-color, #fafafa)}.bar{display:flex;flex:none;align-items:center;height:var(--header-height, 56px);padding:var(--safe-area-inset-top, 0) calc(12px + var(--safe-area-inset-right, 0px)) 0 calc(12px + var(--safe-area-inset-left, 0px));background:var(--app-header-background-color, #009ac7);color:var(--app-header-text-color, #fff)}h1{margin:0 0 0 8px;overflow:hidden;font-size:var(--ha-font-size-xl, 20px);font-weight:400;text-overflow:ellipsis;white-space:nowrap}.tabs{display:flex;flex:none;gap:4px;padding:0 calc(12px + var(--safe-area-inset-right, 0px)) 0 calc(12px + var(--safe-area-inset-left, 0px));overflow-x:auto;border-bottom:1px solid var(--divider-color, rgb(0 0 0 / 12%));background:var(--card-background-color, #fff)}.tabs a{display:inline-flex;flex:none;align-items:center;gap:8px;min-height:48px;padding:0 12px;border-bottom:3px solid transparent;color:${g};font-weight:var(--ha-font-weight-medium, 500);text-decoration:none}.tabs a:hover,.tabs a[aria-current]{color:var(--primary-text-color, #141414)}.tabs a[aria-current]{border-bottom-color:var(--primary-color, #009ac7)}.tabs a:focus-visible{outline-offset:-4px}.tabs ha-icon{--mdc-icon-size: 20px}main{flex:1;overflow-y:auto;container-type:inline-size}.content{box-sizing:border-box;max-width:1120px;margin:0 auto;padding:16px calc(16px + var(--safe-area-inset-right, 0px)) calc(32px + var(--safe-area-inset-bottom, 0px)) calc(16px + var(--safe-area-inset-left, 0px))}`;var Et=new Set(["record","last_session_end","last_session_verdict","records_archived","records_failed","records_missing","logbook_progress","measurement_status"]),At=5e3,Ot=[["sessions","mdi:format-list-bulleted"],["verify","mdi:shield-search"],["archive","mdi:database-outline"]],le=class extends Z{static properties={hass:{attribute:!1},narrow:{type:Boolean,reflect:!0},route:{attribute:!1},d:{state:!0},g:{state:!0},v:{state:!0}};static styles=[R,P,rt];#e=new w(this);#t="";#i="";#a;#r;constructor(){super(),this.narrow=!1,this.g=B,this.v=0}get#n(){return this.route?.prefix??""}connectedCallback(){super.connectedCallback(),window.addEventListener("location-changed",this.#s),window.addEventListener("popstate",this.#s),this.#a=setInterval(()=>{this.g.view==="archive"&&document.visibilityState==="visible"&&this.#l()},At),this.#s()}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener("location-changed",this.#s),window.removeEventListener("popstate",this.#s),clearInterval(this.#a),this.#r?.removeEventListener("ready",this.#o),this.#r=void 0}#s=()=>{let{pathname:e,search:t}=window.location;!this.route||!e.startsWith(this.#n)||(this.g=ye(e.slice(this.#n.length),t))};#o=()=>{this.v+=1};willUpdate(e){let{hass:t}=this;if(!t)return;let i=e.get("hass");t.language!==this.#t&&(this.#t=t.language,Ie(t)),i?.localize!==t.localize&&(this.d=He(t)),e.has("route")&&this.#s(),t.connection!==this.#r&&(this.#r?.removeEventListener("ready",this.#o),this.#r=t.connection,t.connection.addEventListener("ready",this.#o)),i?.states!==t.states&&this.#p(t),(e.has("_revision")||e.has("hass")&&!i)&&this.#l()}#p(e){let t=Object.values(e.entities).filter(({platform:i,translation_key:n})=>i===H&&Et.has(n??"")).map(({entity_id:i})=>e.states[i]?.state).join();t!==this.#i&&(this.#i&&(this.v+=1),this.#i=t)}#l=()=>{this.hass&&this.#e.load(this.hass,"archive/info")};#c=()=>{this.v+=1};#d=e=>{if(e.defaultPrevented||e.button||e.ctrlKey||e.metaKey||e.shiftKey)return;let t=e.composedPath().find(o=>o instanceof HTMLAnchorElement);if(!t||t.target)return;let{origin:i,pathname:n,search:s}=new URL(t.href);i!==window.location.origin||!Dt(n,this.#n)||(e.preventDefault(),be(this.#n,ye(n.slice(this.#n.length),s)),this.renderRoot.querySelector("main")?.scrollTo(0,0))};render(){let{hass:e,d:t}=this;return!e||!t?a`<div class="bar"></div>`:a`
<div class="bar">
<ha-menu-button .hass=${e} .narrow=${this.narrow}></ha-menu-button>
<h1>${t("panel.title")}</h1>
</div>
<nav class="tabs" aria-label=${t("panel.title")} @click=${this.#d}>
${Ot.map(([i,n])=>this.#m(i,n,t))}
</nav>
<main @click=${this.#d}>
<div class="content">${this.#h(e,t)}</div>
</main>
`}#m(e,t,i){let n=this.g.view==="session"?"sessions":this.g.view,s=j({...B,view:e});return a`<a href="${this.#n}${s}" aria-current=${n===e?"page":d}>
<ha-icon icon=${t}></ha-icon>
<span>${i(`panel.tab.${e}`)}</span>
</a>`}#h(e,t){let i=this.#e.value;return a`
${De(i?.version,t,n=>f("neutral","mdi:update",n))}
${z(this.#e,t,this.#c)}
${i?this.#u(e,t,i):this.#e.error?d:_(t)}
`}#u(e,t,i){if(!i.meters.length)return a`<section class="empty card">
<ha-icon icon="mdi:lan-disconnect"></ha-icon>
<h2>${t("panel.no_meter.title")}</h2>
<p>${t("panel.no_meter.hint")}</p>
<button type="button" @click=${this.#c}>${t("panel.retry")}</button>
</section>`;let{g:n,v:s}=this,o=this.#n;switch(n.view){case"session":return a`<dmed4-session-page
.hass=${e}
.texts=${t}
.info=${i}
.place=${n}
.base=${o}
.revision=${s}
></dmed4-session-page>`;case"verify":return a`<dmed4-verify-page
.hass=${e}
.texts=${t}
.info=${i}
.place=${n}
.base=${o}
.revision=${s}
></dmed4-verify-page>`;case"archive":return a`<dmed4-archive-page
.hass=${e}
.texts=${t}
.info=${i}
.place=${n}
.base=${o}
.revision=${s}
></dmed4-archive-page>`;case"sessions":return a`<dmed4-overview-page
.hass=${e}
.texts=${t}
.info=${i}
.place=${n}
.base=${o}
.revision=${s}
></dmed4-overview-page>`}}};function Dt(r,e){return r===e||r.startsWith(`${e}/`)}var Ht=3e5,It=36e5;async function st(r,e,t,i){let n=await Fe(r,e,t/1e3,i/1e3);if(n.length){let s=n.map(({from:o,value:l})=>({time:Math.max(o*1e3,t),value:l}));return nt(s,i)}for(let[s,o]of[["5minute",Ht],["hour",It]]){let c=(await Ft(r,e,t,i,s)).flatMap(({start:p,mean:u})=>{let h=u===null?null:Oe(r.states[e],String(u));return h===null?[]:{time:Math.max(p,t),value:h}});if(c.length)return nt(c,Math.min(i,(c.at(-1)?.time??i)+o))}return[]}function nt(r,e){let t=r.at(-1);return t&&t.time<e?[...r,{...t,time:e}]:[...r]}async function Ft(r,e,t,i,n){try{return(await r.callWS({type:"recorder/statistics_during_period",start_time:new Date(t).toISOString(),end_time:new Date(i).toISOString(),statistic_ids:[e],period:n,types:["mean"]}))[e]??[]}catch{return[]}}function V(r,e,t){return a`<li>
${r}
<div>
<h4>${e}</h4>
${t}
</div>
</li>`}var Ct={valid:"valid",invalid:"invalid"},Nt={changed:"warning",none:"warning"};function Se(r){return a`<ha-icon class="tone ${r[0]}" icon=${r[1]}></ha-icon>`}var Ut=["success","mdi:check-circle-outline"];function ce(r){return r?K(r):Se(Ut)}function Re({quality:r,billable:e,reason:t,informative:i},n){return V(ce(e?void 0:"note"),n("panel.part.clock"),a`<p>${t?m(n,"time_reason",t):m(n,"clock",r)}</p>
${i?a`<p class="quiet">${n("transparency_time.informative")}</p>`:d}`)}function _e({accepted:r,refusal:e},t){return V(ce(r?void 0:"note"),t("panel.part.transparency"),a`<p>${m(t,"refusal",e??"accepted")}</p>`)}function de(r,e){let{signature:t,key:i,deviations:n}=r;if(!r.legible)return Vt(r,e);let s=t.verdict==="valid",o=n.filter(({severity:l})=>l!=="note");return a`<ul class="parts">
${V(Se(E(Ct[t.verdict]??"unverifiable")),e("panel.part.signature"),a`<p>${m(e,"signature",t.verdict)}</p>
<p class="quiet">
${m(e,"signature_reason",t.reason)}
${t.algorithm?a`<code>${t.algorithm}</code>`:d}
</p>`)}
${V(ce(s?i.verdict==="given"?"note":Nt[i.verdict]:"note"),e("panel.part.key"),a`<p>${m(e,"key",i.verdict)}</p>
${i.fingerprint?a`<p class="quiet">
${e("panel.part.fingerprint")} <code class="long">${i.fingerprint}</code>
</p>`:d}`)}
${Re(r.clock,e)}
${V(ce(o.length?"warning":s?void 0:"note"),e("panel.part.format"),n.length?a`<ul class="deviations">
${n.map(({code:l,path:c,severity:p})=>a`<li>
${K(p)}
<span>${m(e,"deviation",l)} <code>${c}</code></span>
</li>`)}
</ul>`:a`<p>${e("panel.part.conforms")}</p>`)}
${_e(r.transparency,e)}
</ul>`}function Vt({signature:r},e){return a`<ul class="parts">
${V(Se(E("unverifiable")),e("panel.part.signature"),a`<p>${m(e,"signature",r.verdict)}</p>
<p class="quiet">${m(e,"signature_reason",r.reason)}</p>`)}
</ul>`}function pe(r,e,t){let i={B:e("panel.kind.begin"),E:e("panel.kind.end"),r:e("panel.kind.end"),L:e("panel.kind.end"),R:e("panel.kind.end"),C:e("panel.kind.intermediate"),S:e("panel.kind.intermediate"),T:e("panel.kind.intermediate"),X:e("panel.kind.intermediate"),P:e("panel.kind.power_failure")};return r.readings.length?a`<div
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
<td>${b(n.time,t)}</td>
<td>
${n.transaction?i[n.transaction]??n.transaction:$}
</td>
<td>
${n.name?m(e,"register",n.name):d}
<small><code>${n.register??$}</code></small>
</td>
<td class="number">
${n.value===null?$:ie(n.value,t)}
${n.unit??""}
</td>
<td>
${n.status===null?$:m(e,"reading_status",n.status.toLowerCase())}
${n.error_flags?a`<code>${n.error_flags}</code>`:d}
</td>
</tr>`)}
</tbody>
</table>
</div>`:a`<p class="quiet">${e("panel.readings.none")}</p>`}function me(r,e,t){let{meter:i,identification:n}=r;return N([[e("panel.fact.pagination"),r.pagination],[e("panel.fact.identification"),n.data===null?null:a`${n.data}
<small>${C(n.type,e)}</small>`],[e("panel.fact.level"),Pe(n.level,e)],[e("panel.fact.flags"),n.flags.join(", ")],[e("panel.fact.tariff"),r.tariff_text],[e("panel.fact.charge_point"),r.charge_point],[e("panel.fact.made_by"),[i.vendor,i.model].filter(Boolean).join(" ")],[e("panel.fact.serial_number"),i.serial_number??i.gateway_serial_number],[e("panel.fact.firmware"),i.firmware],[e("panel.fact.format_version"),r.format_version],[e("panel.fact.source"),r.source?m(e,"source",r.source):null],[e("panel.fact.arrived"),r.arrived?b(r.arrived,t):null],[e("panel.fact.verified"),r.verified?b(r.verified,t):null],[e("panel.fact.digest"),a`<code class="long">${r.digest}</code>`]])}function Pe(r,e){return r===null?null:m(e,"identification_level",r.toLowerCase())}function he(r,e){return a`<details class="raw">
<summary>${e("panel.raw")}</summary>
<pre tabindex="0" aria-label=${e("panel.raw")}>${r.raw}</pre>
${r.key.public_key?a`<h4>${e("panel.public_key")}</h4>
<pre tabindex="0" aria-label=${e("panel.public_key")}>${r.key.public_key}</pre>`:d}
</details>`}var at=v`.back{display:inline-flex;align-items:center;gap:8px;min-height:44px;text-decoration:none}.back:hover{text-decoration:underline}.records>h3{margin:24px 0 8px}.record{padding:4px 16px}.record[open]{padding-bottom:16px}.record>summary{flex-wrap:wrap}.record .name{font-weight:var(--ha-font-weight-medium, 500)}.record .chip{margin-inline-start:auto}.record>summary:after{margin-inline:0 4px}.line{fill:none;stroke:var(--dmed4-series-0);stroke-linejoin:round;stroke-width:2}.area{fill:var(--dmed4-series-0);opacity:.15}`;var ot=new Set(["open","end_missing"]),Me=180,ue=44,qt=22,lt=8,fe=class extends k{static properties={...k.properties,q:{state:!0}};static styles=[R,P,U,ae,at];#e=new w(this);#t=0;#i="";willUpdate(e){let{session:t}=this.place;t===this.#t&&!e.has("revision")||(t!==this.#t&&(this.#e.clear(),this.q=void 0,this.#i=""),this.#t=t,this.#a())}updated(){let e=this.#e.value;if(!e)return;let{device_id:t,begin:i,end:n}=e,s=JSON.stringify([t,i,n]);s!==this.#i&&(this.#i=s,this.#r(e))}#a=()=>{let{filters:e,session:t}=this.place;this.#e.load(this.hass,"sessions/get",{session_id:t,...e.meter?{device_id:[e.meter]}:{}})};async#r({device_id:e,begin:t,end:i,outcome:n}){let{hass:s}=this,o=X(s,e??"").get("sensor.power"),l=Date.parse(t??""),c=n==="open"?Date.now():Date.parse(i??""),p=o!==void 0&&c>l;this.q=p?await st(s,o,l,c):[]}render(){let{texts:e}=this,{value:t,error:i}=this.#e;return a`
<a class="back" href=${this.base} @click=${this.#n}>
<ha-icon icon="mdi:arrow-left"></ha-icon>${e("panel.session.back")}
</a>
${z(this.#e,e,this.#a)}
${this.e?f("danger","mdi:alert-circle-outline",this.e):d}
${t?this.#s(t):i?d:_(e)}
`}#n=e=>{e.ctrlKey||e.metaKey||e.shiftKey||(e.preventDefault(),e.stopPropagation(),history.state?.fromList?history.back():this.go(B))};#s(e){let{texts:t,hass:i}=this,[n,s]=E(e.verdict),o=e.begin?t("panel.session.title",{begin:b(e.begin,i)}):t("panel.session.untimed");return a`
<h2 class="title">${o}</h2>
<div class="banner ${n}">
<ha-icon icon=${s}></ha-icon>
<div>
<strong>${m(t,"panel.verdict",e.verdict)}</strong>
<p>${m(t,"verdict",e.verdict)}</p>
<p>${m(t,"outcome",e.outcome)}</p>
</div>
</div>
<section class="card" aria-labelledby="about">
<header>
<h3 id="about">${t("panel.session.about")}</h3>
<div class="downloads">${this.#p(e)}</div>
</header>
${this.#o(e)}
</section>
${this.#d(e)}
<section class="card" aria-labelledby="findings">
<h3 id="findings">${t("panel.session.findings")}</h3>
<ul class="parts">
${e.findings.map(l=>a`<li>
${K(l.severity)}
<div><p>${Ue(l,t,i)}</p></div>
</li>`)}
${e.findings.length?d:a`<li>
<ha-icon class="tone success" icon="mdi:check-circle-outline"></ha-icon>
<div><p>${t("panel.session.no_findings")}</p></div>
</li>`}
${Re(e.clock,t)} ${_e(e.transparency,t)}
</ul>
</section>
<section class="records" aria-labelledby="records">
<h3 id="records">
${t("panel.session.records",{count:e.record_reports.length})}
</h3>
${e.record_reports.map((l,c)=>this.#c(l,c===e.record_reports.length-1))}
</section>
`}#o(e){let{texts:t,hass:i}=this,{device_id:n,duration:s,exported:o,identification:l}=e,c=e.meter??t("panel.gone");return N([[t("panel.fact.energy"),a`<b>${M(e.imported,i)}</b>`],[t("panel.fact.exported"),Number(o)?M(o,i):null],[t("panel.fact.begin"),b(e.begin,i)],[t(ot.has(e.outcome)?"panel.fact.last_known":"panel.fact.end"),b(e.end,i)],[t("panel.fact.duration"),s===null||ot.has(e.outcome)?null:q(s)],[t("panel.fact.identification"),l?a`${l}
<small>${C(e.identification_type,t)}</small>`:t("panel.unidentified")],[t("panel.fact.level"),Pe(e.identification_level,t)],[t("panel.fact.tariff"),e.tariff_text],[t("panel.fact.charge_point"),e.charge_point],[t("panel.fact.meter"),n?a`<a href="/config/devices/device/${n}">${c}</a>`:c]])}#p({links:e}){let{texts:t}=this,i=n=>e.ocmf.replace(/\.ocmf$/,`.${n}`);return[this.#l("XML",e.xml,t("panel.download.xml")),this.#l("OCMF",e.ocmf,t("panel.download.ocmf")),this.#l("CSV",i("csv"),t("panel.download.csv")),this.#l("ZIP",i("zip"),t("panel.download.zip"))]}#l(e,t,i){return a`<button
type="button"
title=${i}
?disabled=${t===null}
@click=${()=>{this.save(t??"")}}
>
<ha-icon icon="mdi:download"></ha-icon>${e}
</button>`}#c(e,t){let{texts:i,hass:n}=this;return a`<details class="card record" ?open=${t}>
<summary>
<span class="name"
>${m(i,"panel.kind",e.kind)}
<small>${e.pagination??""}</small></span
>
${re(e.verdict,i)}
</summary>
${de(e,i)}
<h4>${i("panel.readings.title")}</h4>
${pe(e,i,n)}
<h4>${i("panel.session.contents")}</h4>
${me(e,i,n)} ${he(e,i)}
<div class="downloads">
${this.#l("OCMF",e.links.ocmf,i("panel.download.ocmf"))}
${this.#l("XML",e.links.xml,i("panel.download.xml"))}
</div>
</details>`}#d(e){let{texts:t,q:i}=this;return a`<section class="card" aria-labelledby="power">
<h3 id="power">${t("panel.session.power")}</h3>
${i===void 0?_(t):i.length?this.#m(i,e):a`<p class="quiet">${t("panel.session.no_power")}</p>`}
</section>`}#m(e,t){let{texts:i,hass:n,z:s}=this,o=Date.parse(t.begin??""),l=e.at(-1)?.time??o,c=e.map(({value:y})=>y),p=Math.max(...c),u=se(p,Math.min(...c),3),h=Me-lt-qt,x=y=>ue+(y-o)/(l-o||1)*(s-ue-8),S=y=>lt+(u.top-y)/(u.top-u.bottom)*h,O=Ge(Ke(e,o,l,s/2),x,S),D=i("panel.session.power_summary",{highest:T(p,1,n.locale),duration:q((l-o)/1e3)});return a`<figure>
<figcaption>${D}</figcaption>
<div class="plot">
<svg viewBox="0 0 ${s} ${Me}" role="img" aria-label=${D}>
${u.ticks.map(y=>L`<line class="grid" x1=${ue} x2=${s} y1=${S(y)} y2=${S(y)} />
<text class="tick" x=${ue-8} y=${S(y)+4} text-anchor="end">${T(y,u.decimals,n.locale)}</text>`)}
${We(o,l,Math.floor(s/90)).map(y=>L`<text class="tick" x=${x(y)} y=${Me-4} text-anchor="middle">${Q(new Date(y),n,new Date(y))}</text>`)}
<path class="area" d="${O}V${S(0)}H${x(e[0]?.time??o)}Z" />
<path class="line" d=${O} />
</svg>
</div>
</figure>`}};var ct=v`textarea{display:block;box-sizing:border-box;width:100%;padding:12px;resize:vertical;border:0;border-bottom:1px solid var(--ha-color-border-neutral-normal, #7a7a7a);border-radius:var(--ha-border-radius-md, 8px) var(--ha-border-radius-md, 8px) 0 0;background:var(--ha-color-form-background, #f3f3f3);color:var(--primary-text-color, #141414);font-family:var(--ha-font-family-code, monospace);font-size:var(--ha-font-size-s, 12px);line-height:1.5}.verify{display:grid;gap:16px;margin:16px 0 0}.verify button{justify-self:start}.verify+.notice{margin:16px 0 0}`;var dt=2*1024*1024,ge=class extends k{static properties={...k.properties,e:{state:!0}};static styles=[R,P,U,ct];#e=new w(this);constructor(){super(),this.e=""}#t=async e=>{e.preventDefault();let t=new FormData(e.target),[i="",n=""]=["record","public_key"].map(s=>{let o=t.get(s);return typeof o=="string"?o:""});this.#e.clear(),await this.#e.load(this.hass,"records/verify",{record:i.trim(),...n.trim()?{public_key:n.trim()}:{}}),await this.updateComplete,this.renderRoot.querySelector("#result")?.focus()};#i=e=>{let t=e.target;this.#r(t.files?.[0]),t.value=""};#a=e=>{let t=e.dataTransfer?.files[0];t&&(e.preventDefault(),this.#r(t))};async#r(e){let t=this.renderRoot.querySelector("textarea[name=record]");if(!e||!t)return;let i=e.size>dt;this.e=i?this.texts("panel.verify.too_large",{size:String(dt/1024/1024)}):"",!i&&(t.value=await e.text(),t.form?.requestSubmit())}render(){let{texts:e}=this,{value:t,error:i,busy:n}=this.#e,s=this.e||i;return a`
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
@drop=${this.#a}
></textarea>
</label>
<label
><span>${e("panel.verify.choose")}</span>
<input type="file" accept=".ocmf,.xml,.json,.txt,text/*" @change=${this.#i} />
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
${s?f("danger","mdi:alert-circle-outline",s):d}
</section>
${t?this.#n(t):d}
`}#n(e){let t=e.records.length?e.records:[e];return a`<div id="result" tabindex="-1">
${t.length>1?a`<p>${this.texts("panel.verify.found",{count:String(t.length)})}</p>`:d}
${t.map(i=>this.#s(i))}
</div>`}#s(e){let{texts:t,hass:i}=this,[n,s]=E(e.verdict);return a`<div class="banner ${n}">
<ha-icon icon=${s}></ha-icon>
<div>
<strong role="heading" aria-level="3"
>${m(t,"panel.verdict",e.verdict)}</strong
>
${e.legible?this.#o(e):d}
</div>
</div>
<section class="card">
${de(e,t)}
${e.legible?a`<h4>${t("panel.readings.title")}</h4>
${pe(e,t,i)}
<h4>${t("panel.session.contents")}</h4>
${me(e,t,i)}`:d}
${he(e,t)}
</section>`}#o(e){let{texts:t,hass:i,info:n}=this,s=n.meters.find(({device_id:p})=>p===e.device_id),o={...A,meter:e.device_id??""},l=M(e.imported,i),c=b(e.begin,i);return a`<p>
${e.identification.data??t("panel.unidentified")} ·
${e.end===null?t("panel.verify.summary_open",{energy:l,begin:c}):t("panel.verify.summary",{energy:l,begin:c,end:b(e.end,i)})}
</p>
${e.signature.verdict==="valid"?a`<p>
${s?t("panel.verify.of_meter",{meter:s.name}):t("panel.verify.of_nobody")}
</p>`:d}
<p>
${e.record_id===null?t("panel.verify.not_archived"):t("panel.verify.archived")}
${e.session_id===null?d:a`<a href=${this.href({view:"session",session:e.session_id,filters:o})}
>${t("panel.verify.open")}</a
>`}
</p>`}};I("dmed4-archive-page",ne);I("dmed4-overview-page",oe);I("dmed4-session-page",fe);I("dmed4-verify-page",ge);I("lovato-dmed4-panel",le);
