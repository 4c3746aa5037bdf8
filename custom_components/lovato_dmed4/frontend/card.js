/* Built from frontend/ by its build.mjs. Lit: BSD-3-Clause, Google LLC. */
import{A as de,B as W,C as k,a as g,b as d,c as X,d as c,e as y,f as h,g as Z,h as H,i as Q,j as ee,k as te,l as R,m as E,n as ie,o as v,p as P,q as re,r as S,s as T,t as ne,u as oe,v as ae,w as x,x as F,y as se,z as w}from"./shared.js";var Le={B:"begin",E:"end",r:"end"};function U(n){let{readings:e,signature:t,pagination:i,record_url:r,archived:o}=n,a=e.at(-1),s=e[e.length/2],l=s?.transaction??a?.transaction??"",p=s?.time??a?.time;return{kind:Le[l]??"intermediate",time:p?new Date(p):null,energy:e.length===6?Me(e[0],s):null,signature:t,pagination:i??null,downloads:[["OCMF",r],...o?[["XML",r.replace(/ocmf\b/,"xml")]]:[]],identity:Ae(n.record)}}function Me(n,e){if(!n?.value||!e?.value)return null;let t=Number(e.value)-Number(n.value),i={Wh:.001,kWh:1}[e.unit??""];return Number.isFinite(t)&&i?Number((t*i).toFixed(6)):null}function Ae(n){try{let{IT:e,ID:t}=JSON.parse(n.split("|",2)[1]??"");return{type:le(e),data:le(t)}}catch{return{type:"",data:""}}}function le(n){return typeof n=="string"?n:""}async function ce(n,e){try{return await n.callWS({type:`${h}/rights`,device_id:e})}catch{return{}}}var C="lovato-dmed4-charge-card",De=["controls","record","display"],pe={schema:[{name:"device_id",required:!0,selector:{device:{entity:{integration:h,domain:"sensor",device_class:"power"}}}},{name:"name",selector:{text:{}}},...De.map(n=>({name:n,default:!0,selector:{boolean:{}}}))],computeLabel:({name:n},e)=>e(ne(`card.editor.${n}`))};function me(n,e){let t=n.entities[e];return t?.platform!==h||!t.device_id||!E(n).includes(t.device_id)?null:{config:{type:`custom:${C}`,device_id:t.device_id}}}var he=1e4,V=500,Ne=5e3,I=class{#e;#t;#n;#i=!1;#o=0;#r;#s=V;#l;constructor(e,t,i){this.#e=e,this.#t=t,this.#n=i}start(){this.#i||(this.#i=!0,this.#e.addEventListener("ready",this.#d),this.#e.addEventListener("disconnected",this.#c),this.#d())}stop(){this.#i&&(this.#i=!1,this.#e.removeEventListener("ready",this.#d),this.#e.removeEventListener("disconnected",this.#c),this.#u())}#d=()=>{this.#s=V,this.#a()};#c=()=>{this.#r=void 0,this.#u()};#a(){if(this.#u(),!this.#e.connected)return;let e=this.#o,t=()=>e===this.#o;this.#h(he),this.#e.subscribeMessage(i=>{t()&&this.#p(i)},{type:`${h}/live/subscribe`,device_id:this.#t},{resubscribe:!1}).then(i=>{t()?this.#r=i:this.#f(i)},i=>{t()&&this.#m(i?.code)})}#p(e){if("ended"in e){this.#a();return}this.#s=V,this.#h(he),"power"in e&&this.#n(e)}#m(e){clearTimeout(this.#l),e!=="unauthorized"&&(this.#h(this.#s),this.#s=Math.min(2*this.#s,Ne))}#h(e){clearTimeout(this.#l),this.#l=setTimeout(()=>{this.#a()},e)}#u(){clearTimeout(this.#l),this.#o+=1,this.#r&&this.#f(this.#r),this.#r=void 0}#f(e){e().catch(()=>{})}};var O=class{constructor(e,t){this.seconds=e;this.#t=e/t}seconds;#e=new Map;#t;add(e,t){let i=Math.floor(e/this.#t),r=this.#e.get(i);r?(r.min=Math.min(r.min,t),r.max=Math.max(r.max,t),r.last=t):(this.#e.set(i,{min:t,max:t,last:t}),this.#n(e))}fill(e,t,i){let r=Math.ceil(t/this.#t);for(let o=Math.floor(e/this.#t);o<r;o+=1)this.#e.has(o)||this.#e.set(o,{min:i,max:i,last:i})}clear(){this.#e.clear()}#n(e){let t=Math.floor((e-this.seconds)/this.#t)-1;for(let i of this.#e.keys())i<t&&this.#e.delete(i)}runs(e,t){let i=[],r=-1/0;for(let o of[...this.#e.keys()].sort((a,s)=>a-s)){let a=this.#e.get(o),s=Math.min((o+.5)*this.#t,e),l=1-(e-s)/this.seconds;!a||l<-this.#t/this.seconds||(s-r>t&&i.push([]),i.at(-1)?.push({x:l,...a}),r=s)}return i}};function fe(n){let[e,t]=[0,0];for(let{min:i,max:r}of n.flat())[e,t]=[Math.min(e,i),Math.max(t,r)];return{low:-ue(-e),high:Math.max(ue(t),e<0?0:1)}}var He=[1,1.2,1.5,2,2.5,3,4,5,6,8,10];function ue(n){if(n<=0)return 0;let e=n*1.1,t=10**Math.floor(Math.log10(e));return(He.find(r=>r*t>=e)??10)*t}var b=5,Pe=b*30,Fe=15,z=1e3,K=100,ge=10;function q(){return new O(b*60,Pe)}var L=class extends y{static properties={buffer:{attribute:!1},label:{type:String},locale:{attribute:!1}};#e=0;static styles=g`:host{display:block;position:relative;contain:content;color:var(--dmed4-accent, currentColor)}svg{display:block;width:calc(100% - 14px);height:100%}.line{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round;stroke-linecap:round;vector-effect:non-scaling-stroke}.grid{stroke:var(--divider-color, #e0e0e0);stroke-width:1;opacity:.6;vector-effect:non-scaling-stroke}.grid.zero{opacity:1}.head,.scale{position:absolute;pointer-events:none}.head{right:9px;width:10px;height:10px;margin-top:-5px;border-radius:50%;background:currentColor;box-shadow:0 0 0 5px color-mix(in srgb,currentColor 25%,transparent)}.scale{top:4px;inset-inline-start:var(--dmed4-padding, 16px);color:var(--secondary-text-color, #727272);font-size:var(--ha-font-size-s, 12px);line-height:1.2}`;constructor(){super(),this.label=""}draw(e){this.#e=e,this.requestUpdate()}shouldUpdate(){return this.#e>0}render(){let e=this.buffer.runs(this.#e,Fe),{low:t,high:i}=fe(e),r=l=>K*(i-l)/(i-t),o=e.map(l=>We(l,r)),a=e.at(-1)?.at(-1),s=i<5?1:0;return d`
<svg
viewBox="0 0 ${z} ${K+ge}"
preserveAspectRatio="none"
role="img"
aria-label=${this.label}
>
<defs>
<linearGradient id="below" x1="0" x2="0" y1="0" y2="1">
<stop offset="0" stop-color="currentColor" stop-opacity="0.35" />
<stop offset="1" stop-color="currentColor" stop-opacity="0.04" />
</linearGradient>
</defs>
<path class="grid" d="M0 ${r((t+i)/2)}H${z}" />
<path class="grid zero" d="M0 ${r(0)}H${z}" />
${o.map(({line:l,first:p,last:m})=>X`
<path d="${l}L${m} ${r(0)}L${p} ${r(0)}Z" fill="url(#below)" />
<path class="line" d=${l} />`)}
</svg>
${this.locale&&e.some(l=>l.some(({min:p,max:m})=>p||m))?d`<span class="scale" aria-hidden="true"
>${w(i,s,this.locale)} kW</span
>`:""}
${a&&a.x>.98?d`<span
class="head"
style="top: ${100*r(a.last)/(K+ge)}%"
></span>`:""}
`}};function We(n,e){let t="",[i,r]=["",""];for(let o of n){r=(o.x*z).toFixed(1),i||=r;let a=o.max-o.min>.05*Math.abs(o.max)?[o.min,o.max,o.last]:[o.last];for(let s of a)t+=`${t?"L":"M"}${r} ${e(s).toFixed(1)}`}return{line:t,first:i,last:r}}var Ue=250,Ve=1e4,M=class{measured=q();#e;#t;#n;#i;#o;#r=0;#s=0;#l=0;#d=!1;#c=matchMedia("(prefers-reduced-motion: reduce)");#a=new IntersectionObserver(e=>{this.#d=e.some(t=>t.isIntersecting),this.#p()});constructor(e,t){this.#e=e,this.#t=t,e.addController(this)}hostConnected(){document.addEventListener("visibilitychange",this.#p),this.#a.observe(this.#e)}hostDisconnected(){document.removeEventListener("visibilitychange",this.#p),this.#a.disconnect(),this.#d=!1,this.#m()}get now(){return Date.now()+this.#l}get heard(){return Date.now()-this.#s<=Ve}follow(e){this.#n=e,this.#p()}forget(){this.#t.figures(void 0),this.#s=0,this.#m(),this.measured=q()}#p=()=>{let e=this.#n;if(!this.#d||document.visibilityState!=="visible"||!e){this.#m();return}this.#i||(this.#i=new I(e.hass.connection,e.deviceId,this.#h),this.#i.start(),this.#o=setInterval(this.#u,1e3),this.#f(e))};#m(){this.#i?.stop(),this.#i=void 0,clearInterval(this.#o)}#h=e=>{let t=Date.now();this.#l=e.time*1e3-t,this.#s=t,e.power!==null&&this.measured.add(e.time,e.power),this.#c.matches||this.#t.trace(e.time),!(t-this.#r<Ue)&&(this.#r=t,this.#t.figures(e))};#u=()=>{this.heard||this.#t.figures(void 0),this.#t.trace(this.now/1e3),this.#e.requestUpdate()};async#f({hass:e,powerEntity:t}){let i=this.now/1e3-b*60,r=await se(e,t,i);for(let{from:o,to:a,value:s}of r)this.measured.fill(Math.max(o,i),a??this.now/1e3,s);this.#t.trace(this.now/1e3)}};var Ke={valid:"mdi:shield-check",invalid:"mdi:shield-alert"};function ye({hass:n,text:e,view:t},i,r,o){let a=!r&&t.lost?e(t.lost.charging?"card.lost.charging":"card.lost.idle",{time:W(new Date(t.lost.since),n)}):e(`card.state.${r??t.phase}`),s=t.charging?o?.identity:void 0;return d`
<div class="header">
<div class="badge"><ha-icon icon=${t.icon}></ha-icon></div>
<div>
<h2>${i}</h2>
<p class="state">
<b role="status">${a}</b>${s?.data?d`<span> · ${s.data}</span>`:c}
</p>
</div>
</div>
`}function ve({text:n,view:e,disabled:t},i){return e.hasProblem?d`
<div class="banner" role="alert">
<ha-icon icon="mdi:alert-circle-outline"></ha-icon>
<div>
${e.errors.length?d`${n("card.problem.title")}
<ul>
${e.errors.map(r=>d`<li>${r}</li>`)}
</ul>`:n("card.problem.unnamed")}
</div>
${i&&e.resettable?d`<button ?disabled=${t} @click=${i}>
${n("card.action.reset")}
</button>`:c}
</div>
`:c}function be({hass:n,text:e,view:t}){return d`
<div class="now">
<p class="power">
<span class="visually-hidden">${e("card.figure.power")}</span>
${$(n,t.power,2,"kW")}
</p>
<dl>
${_(e("card.figure.voltage"),$(n,t.voltage,1,"V"))}
${_(e("card.figure.current"),$(n,t.current,1,"A"))}
</dl>
</div>
`}function xe({hass:n,text:e,view:t},i){let r=t.charging||t.lost?.charging,o=t.lost?.since??i,a=t.since===null?null:(o-t.since)/1e3;return!t.charging&&!t.energy&&!t.returned?c:d`
<dl class="cycle">
${_(e(r?"card.figure.energy":"card.figure.last_energy"),$(n,t.energy,2,"kWh"))}
${t.returned?_(e("card.figure.returned"),$(n,t.returned,2,"kWh")):c}
${a===null?c:_(e("card.figure.duration"),d`${de(a)}`)}
</dl>
`}function we(n,e,{onStart:t,onRead:i,onEnd:r}){let{text:o,view:a}=n,s=n.disabled||a.phase==="unavailable";return(a.charging?e.read||e.end:e.start)?a.charging?d`
<div class="commands">
${e.read?d`<button ?disabled=${s} @click=${i}>
<ha-icon icon="mdi:file-sign"></ha-icon>${o("card.action.read")}
</button>`:c}
${e.end?d`<button class="end" ?disabled=${s} @click=${r}>
<ha-icon icon="mdi:stop"></ha-icon>${o("card.action.end")}
</button>`:c}
</div>
`:d`
<div class="commands">
<button class="start" ?disabled=${s||a.phase==="signing"} @click=${t}>
<ha-icon icon="mdi:play"></ha-icon>${o("card.action.start")}
</button>
</div>
`:d`<p class="quiet">${o("card.not_allowed")}</p>`}function $e({hass:n,text:e},t,i){if(t===void 0)return c;if(t===null)return d`<section class="quiet">${e("card.record.none")}</section>`;let{signature:r,time:o,energy:a,pagination:s,identity:l}=t,p=[a===null||t.kind==="begin"?"":`${w(a,3,n.locale)} kWh`,o?W(o,n):"",l.data].filter(Boolean);return d`
<section class="record" aria-labelledby="record">
<ha-icon
class="verdict ${r}"
icon=${Ke[r]??"mdi:shield-off-outline"}
></ha-icon>
<div class="facts">
<h3 id="record">
${e(`card.record.${t.kind}`)}${s?d` · ${s}`:c}
</h3>
<p>${e(`card.verdict.${r}`)}</p>
<p class="quiet">${p.join(" · ")}</p>
</div>
<div class="downloads">
${t.downloads.map(([m,u])=>d`
<button
aria-label=${e("card.action.download",{format:m})}
title=${e("card.action.download",{format:m})}
?disabled=${!i}
@click=${()=>i?.(u)}
>
<ha-icon icon="mdi:download"></ha-icon>${m}
</button>
`)}
</div>
</section>
`}function _e(n,e,t){let{hass:i,text:r}=n,o=e.get("switch.display"),a=e.get("select.display_page"),s=R(i,e,"select.display_page");if(!o||!a||!s)return c;let l=n.disabled||n.view.phase==="unavailable",p=s.attributes.options;return d`
<details>
<summary><ha-icon icon="mdi:monitor"></ha-icon>${r("card.display.title")}</summary>
<div class="display">
<label>
<span class="visually-hidden">${r("card.display.page")}</span>
<select
?disabled=${l}
@change=${m=>{let u=m.target.value;t("select_option",a,{option:u})}}
>
<option value="" disabled .selected=${!p?.includes(s.state)}>
${r("card.display.page")}
</option>
${p?.map(m=>d`
<option value=${m} .selected=${m===s.state}>
${x(i,"select.display_page",m)}
</option>
`)}
</select>
</label>
<div>
<button
?disabled=${l}
@click=${()=>{t("turn_on",o)}}
>
${r("card.display.on")}
</button>
<button
?disabled=${l}
@click=${()=>{t("turn_off",o)}}
>
${r("card.display.off")}
</button>
</div>
</div>
</details>
`}function $(n,e,t,i){return e===null?d`–`:d`${w(e,t,n.locale)} <small>${i}</small>`}function _(n,e){return d`<div>
<dt>${n}</dt>
<dd class="figure">${e}</dd>
</div>`}var G={identification_type:"",identification_level:"",identification_data:"",tariff_text:"",keepIdentification:!1},Re=n=>`${h}.start.${n}`;function Ee(n){try{let t=JSON.parse(localStorage.getItem(Re(n))??"{}"),i=r=>typeof t[r]=="string"?t[r]:"";return{identification_type:i("identification_type"),identification_level:i("identification_level"),identification_data:i("identification_data"),tariff_text:i("tariff_text"),keepIdentification:t.keepIdentification===!0}}catch{return G}}function Se(n,e){let t=e.keepIdentification?e:{...e,identification_data:""};try{localStorage.setItem(Re(n),JSON.stringify(t))}catch{}}var Te=g`:host{display:block;height:100%;container-type:inline-size;--dmed4-padding: var(--ha-space-4, 16px)}ha-card{display:flex;flex-direction:column;height:100%;overflow:hidden;--dmed4-accent: var(--secondary-text-color, #727272);--dmed4-tint: var(--ha-color-fill-neutral-normal-resting, #e6e6e6);--dmed4-word: var(--secondary-text-color, #5e5e5e)}ha-card.primary{--dmed4-accent: var(--primary-color, #009ac7);--dmed4-tint: var(--ha-color-fill-primary-normal-resting, #dff3fc)}ha-card.success{--dmed4-accent: var(--ha-color-on-success-quiet, #00883c);--dmed4-tint: var(--ha-color-fill-success-normal-resting, #c2f2c1);--dmed4-word: var(--ha-color-on-success-normal, #036730)}ha-card.warning{--dmed4-accent: var(--ha-color-on-warning-quiet, #c94e00);--dmed4-tint: var(--ha-color-fill-warning-normal-resting, #ffe0c8);--dmed4-word: var(--ha-color-on-warning-normal, #9d3800)}ha-card.danger{--dmed4-accent: var(--ha-color-on-danger-quiet, #dc3146);--dmed4-tint: var(--ha-color-fill-danger-normal-resting, #ffdedc);--dmed4-word: var(--ha-color-on-danger-normal, #b30532)}.header{display:flex;align-items:center;gap:12px;padding:var(--dmed4-padding) var(--dmed4-padding) 0}.badge{display:grid;flex:none;place-items:center;width:44px;height:44px;border-radius:50%;background:var(--dmed4-tint);color:var(--dmed4-accent)}.header>div{min-width:0}h2{margin:0;overflow:hidden;font-size:var(--ha-font-size-l, 16px);font-weight:var(--ha-font-weight-medium, 500);line-height:1.3;text-overflow:ellipsis;white-space:nowrap}.state{margin:0;overflow-wrap:anywhere;color:var(--dmed4-word);font-size:var(--ha-font-size-m, 14px);line-height:1.4}.state b{font-weight:var(--ha-font-weight-medium, 500)}.now{display:flex;flex-wrap:wrap;align-items:baseline;justify-content:space-between;gap:4px 24px;padding:12px var(--dmed4-padding) 0;font-variant-numeric:tabular-nums}.power{margin:0;font-size:calc(1.3 * var(--ha-font-size-4xl, 32px));line-height:1.1;letter-spacing:-.02em}.power small,.figure small{color:var(--secondary-text-color, #5e5e5e);font-size:.55em;letter-spacing:0}dl{display:flex;flex-wrap:wrap;gap:8px 24px;margin:0;font-variant-numeric:tabular-nums}dl>div{display:flex;flex-direction:column-reverse}dt{color:var(--secondary-text-color, #5e5e5e);font-size:var(--ha-font-size-s, 12px);line-height:1.4}dd{margin:0;font-size:var(--ha-font-size-l, 16px);line-height:1.4}.figure small{font-size:var(--ha-font-size-s, 12px)}dmed4-power-trace{flex:1 0 88px;height:88px;min-height:88px;margin-top:8px}.cycle{padding:12px var(--dmed4-padding) 0}.commands{display:flex;flex-wrap:wrap;gap:8px;padding:16px var(--dmed4-padding) 0}.commands>button{flex:1 1 130px;padding:0 12px}section,details,.banner{margin:16px var(--dmed4-padding) 0}section,details{padding-top:12px;border-top:1px solid var(--divider-color, rgb(0 0 0 / 12%))}ha-card>:last-child{margin-bottom:var(--dmed4-padding)}ha-card>details:last-child{margin-bottom:4px}.banner{display:flex;flex-wrap:wrap;align-items:center;gap:8px 12px;padding:12px;border-radius:var(--ha-border-radius-lg, 12px);background:var(--ha-color-fill-danger-normal-resting, #ffdedc);color:var(--ha-color-on-danger-normal, #b30532);line-height:1.4}.banner>div{flex:1 1 160px}.banner ul{margin:4px 0 0;padding-inline-start:20px}.banner button,.banner button:hover:not([disabled]){background:var(--card-background-color, #fff);color:inherit}.record{display:flex;flex-wrap:wrap;align-items:center;gap:12px}.record>.facts{flex:1 1 140px;min-width:0}h3{margin:0;color:var(--secondary-text-color, #5e5e5e);font-size:var(--ha-font-size-s, 12px);font-weight:400;line-height:1.4}.record p{margin:0;line-height:1.4;overflow-wrap:anywhere}.verdict{flex:none;color:var(--secondary-text-color, #5e5e5e)}.verdict.valid{color:var(--ha-color-on-success-normal, #036730)}.verdict.invalid{color:var(--ha-color-on-danger-normal, #b30532)}.quiet{color:var(--secondary-text-color, #5e5e5e);font-size:var(--ha-font-size-s, 12px)}.downloads{display:flex;flex:none;flex-wrap:wrap;gap:8px}.downloads button{padding:0 12px}.downloads ha-icon{--mdc-icon-size: 18px}details{padding-top:0}details[open]{padding-bottom:12px}summary{display:flex;align-items:center;gap:8px;min-height:44px;color:var(--secondary-text-color, #5e5e5e);cursor:pointer}summary ha-icon{--mdc-icon-size: 20px}summary:after{width:8px;height:8px;margin-inline-start:auto;margin-inline-end:4px;border:solid currentColor;border-width:0 2px 2px 0;content:"";transform:translateY(-2px) rotate(45deg)}[open]>summary:after{transform:translateY(2px) rotate(225deg)}summary::-webkit-details-marker{display:none}.display{display:flex;flex-wrap:wrap;gap:8px}.display label{flex:2 1 180px}.display>div{display:flex;flex:1 1 140px;gap:8px}.display button{flex:1}.empty{padding:var(--dmed4-padding);color:var(--secondary-text-color, #5e5e5e)}ha-card.loading{min-height:220px}@container (max-width: 280px){ha-card{--dmed4-padding: 12px}.power{font-size:var(--ha-font-size-3xl, 28px)}.badge{width:36px;height:36px}}@container (min-width: 480px){.power{font-size:calc(1.6 * var(--ha-font-size-4xl, 32px))}dmed4-power-trace{flex-basis:120px;height:120px}dd{font-size:var(--ha-font-size-xl, 20px)}}@container (min-width: 700px){.commands>button{flex:0 1 240px}dmed4-power-trace{flex-basis:160px;height:160px}}@media(prefers-reduced-motion:no-preference){.busy .badge{animation:pulse 1.2s ease-in-out infinite alternate}@keyframes pulse{to{opacity:.4}}}`;var ke=.005,qe={unavailable:["neutral","mdi:lan-disconnect"],fault:["danger","mdi:alert"],ready:["primary","mdi:ev-station"],prepared:["primary","mdi:timer-sand"],charging:["success","mdi:lightning-bolt"],feeding_back:["primary","mdi:transmission-tower-import"],no_flow:["warning","mdi:pause"],after_power_failure:["warning","mdi:lightning-bolt-outline"],signing:["primary","mdi:file-sign"]},Ge=["board_1","board_2","fatal"];function Ce(n,e,t){let i=f=>R(n,e,f),r=i("sensor.measurement_status"),o=i("sensor.cycle_energy_imported"),a=ie(r),s=a&&r.state.startsWith("active"),l=a?t:void 0,p=l?.power??v(i("sensor.power")),m=i("sensor.signature_status")?.state??"",u=i("binary_sensor.problem"),j=i("binary_sensor.hardware"),B=a&&u?.state==="on",N=B||a&&j?.state==="on",J=a?N&&!s?"fault":je(r.state,m,p):"unavailable",[Ie,Oe]=qe[J];return{phase:J,tone:Ie,icon:Oe,charging:s,power:p,voltage:l?.voltage??v(i("sensor.voltage")),current:l?.current??v(i("sensor.current")),energy:v(o),returned:v(i("sensor.cycle_energy_exported")),since:s?Be(r.last_changed,o?.attributes.last_reset):null,errors:N?[...P(u,"errors").map(f=>x(n,"binary_sensor.problem.state_attributes.errors",f)),...Ge.flatMap(f=>P(j,f).map(ze=>x(n,`binary_sensor.hardware.state_attributes.${f}`,ze)))]:[],hasProblem:N,resettable:B,signature:m,recorded:i("event.record")?.state??"",lost:r?.state==="unavailable"?Ye(r,i("event.charge_cycle")):null}}function Ye({last_changed:n},e){let{event_type:t,step:i}=e?.attributes??{},r=["started","read","power_failure"].includes(String(t))||t==="failed"&&i!=="start";return{since:Date.parse(n),charging:r}}function je(n,e,t){return n==="active_after_power_failure"?"after_power_failure":n==="active"?t===null?"charging":t<-ke?"feeding_back":t>ke?"charging":"no_flow":e==="in_progress"?"signing":n==="idle"?"prepared":"ready"}function Be(n,e){let t=Date.parse(typeof e=="string"?e:n);return Number.isFinite(t)?t:null}var A=class extends y{static properties={hass:{attribute:!1},preview:{type:Boolean},n:{state:!0},d:{state:!0},K:{state:!0},a:{state:!0},c:{state:!0},m:{state:!0},y:{state:!0},f:{state:!0},b:{state:!0}};static styles=[S,T,Te];#e=new Map;#t="";#n="";#i="";#o;#r=new M(this,{figures:e=>{this.K=e},trace:e=>this.renderRoot.querySelector("dmed4-power-trace")?.draw(e)});constructor(){super(),this.preview=!1,this.c="",this.m=""}static getConfigForm(){return pe}static getStubConfig(e){return{device_id:E(e)[0]??""}}setConfig(e){if(e.device_id!==void 0&&typeof e.device_id!="string")throw new Error("device_id has to be the ID of a device");e.device_id!==this.n?.device_id&&(this.f=this.b=this.#o=void 0,this.#n=this.#i="",this.#r.forget()),this.n=e}getCardSize(){return 7}getGridOptions(){return{columns:12,min_columns:6,rows:"auto"}}shouldUpdate(e){let t=e.get("hass");if(e.size>1||!e.has("hass")||!t||!this.hass)return!0;let{hass:i}=this;return t.entities!==i.entities||t.devices!==i.devices||t.locale!==i.locale||t.user!==i.user||t.connected!==i.connected||t.localize!==i.localize||[...this.#e.values()].some(r=>t.states[r]!==i.states[r])}willUpdate(e){let{hass:t}=this;if(!t||!(e.has("hass")||e.has("_config")))return;let i=e.get("hass");(e.has("_config")||i?.entities!==t.entities)&&(this.#e=te(t,this.n?.device_id??"")),t.language!==this.#t&&(this.#t=t.language,ae(t)),i?.localize!==t.localize&&(this.d=oe(t))}updated(){let{hass:e,n:t}=this,i=this.#e.get("sensor.power");if(this.#r.follow(e&&t?.device_id&&i&&!this.preview?{hass:e,deviceId:t.device_id,powerEntity:i}:void 0),!e||!this.d||!t?.device_id||this.preview||(this.#s(e,t.device_id),!e.user?.is_admin||t.record===!1)||this.a||!this.#r.heard)return;let{charging:r,signature:o,recorded:a,phase:s}=this.#g(e);if(o==="in_progress"||s==="unavailable")return;let l=[r,o,a].join();l!==this.#n&&(this.#n=l,this.#l(e,t.device_id))}async#s(e,t){let i=[t,e.user?.is_admin,this.#g(e).phase==="unavailable"].join();if(i===this.#i)return;this.#i=i;let r=await ce(e,t);i===this.#i&&(this.b=r)}async#l(e,t){try{let i=await H(e,"get_last_record",{device_id:t});this.f=i?U(i):null}catch(i){i?.translation_key==="no_record"&&(this.f=null)}}async#d(e,t){let{hass:i}=this;if(!i||this.a)return"";this.a=e,this.c=this.m="",this.y=void 0;try{return await t(i),""}catch(r){return await F(this.hass??i,r)}finally{this.a=void 0}}async#c(e,t,i,r={}){return this.#d(e,async o=>{let a=this.n?.device_id,s=await H(o,t,{device_id:a,...r});s?.record&&(this.f=U(s)),this.y=i})}async#a(e){this.c=await e}get#p(){return this.renderRoot.querySelector("dmed4-start-dialog")}get#m(){return this.renderRoot.querySelector("dialog.confirm")}#h=()=>{this.#a(this.#c("resetting","reset_errors","card.done.reset"))};#u={onStart:()=>{this.#v()},onRead:()=>{this.#a(this.#c("reading","read_charge_cycle","card.done.read"))},onEnd:()=>this.#m?.showModal()};#f=(e,t,i={})=>{this.#a(this.#d("sending",r=>Q(r,e,t,i)))};#y=e=>{let{hass:t}=this;t&&this.#a(Je(t,e))};#v(){this.c=this.m="",this.y=void 0,this.#p?.open(Ee(this.n?.device_id??""))}async#b({detail:e}){let{keepIdentification:t,...i}=e;Se(this.n?.device_id??"",{keepIdentification:t,...i});let r=Object.fromEntries(Object.entries(i).filter(([,o])=>o!==""));this.m=await this.#c("starting","start_charge_cycle","card.done.started",r),this.m||this.#p?.close()}#x(){this.#m?.close(),this.#a(this.#c("ending","end_charge_cycle","card.done.ended"))}#g(e){let t=Ce(e,this.#e,this.K);if(t.lost||(this.#o=t),!t.lost?.charging||!this.#o?.charging)return t;let{energy:i,returned:r,since:o}=this.#o;return{...t,energy:i,returned:r,since:o}}render(){let{hass:e,n:t,d:i}=this;if(!e||!t||!i)return d`<ha-card class="loading" aria-busy="true"></ha-card>`;if(!this.#e.has("sensor.measurement_status")){let m=t.device_id?"card.missing.gone":"card.missing.none";return d`<ha-card><div class="empty">${i(m)}</div></ha-card>`}let r=this.#g(e),o={hass:e,text:i,view:r,disabled:this.a!==void 0||this.preview},a=t.name??Z(e,t.device_id??""),s=e.user?.is_admin===!0,l=this.preview?{start:!0,read:!0,end:!0}:this.b,p=t.controls!==!1&&l;return d`
<ha-card class="${r.tone} ${this.a?"busy":""}">
${ye(o,a,this.a,this.f)}
${re(this.b?.version,i,m=>d`<section>${m}</section>`)}
${ve(o,s?this.#h:void 0)} ${be(o)}
<dmed4-power-trace
.buffer=${this.#r.measured}
.locale=${e.locale}
.label=${i("card.trace",{minutes:b})}
></dmed4-power-trace>
${xe(o,this.#r.now)} ${this.#w(i)}
${p?we(o,p,this.#u):c}
${s&&t.record!==!1?$e(o,this.f,this.preview?void 0:this.#y):c}
${s&&t.display!==!1?_e(o,this.#e,this.#f):c}
</ha-card>
${p&&(p.start||p.end)?this.#$(i):c}
`}#w(e){return d`
<div class="visually-hidden" role="status">${this.y?e(this.y):c}</div>
${this.c?d`<div class="banner" role="alert">
<div>${this.c}</div>
<button
@click=${()=>{this.c=""}}
>
${e("card.action.close")}
</button>
</div>`:c}
`}#$(e){return d`
<dmed4-start-dialog
.localize=${e}
.busy=${this.a==="starting"}
.error=${this.m}
@start-charge=${t=>{this.#b(t)}}
></dmed4-start-dialog>
<dialog class="confirm" aria-labelledby="end-title">
<h2 id="end-title">${e("card.end.title")}</h2>
<p>${e("card.end.hint")}</p>
<div class="buttons">
<button
@click=${()=>{this.#m?.close()}}
>
${e("card.action.cancel")}
</button>
<button
class="end"
@click=${()=>{this.#x()}}
>
${e("card.action.end")}
</button>
</div>
</dialog>
`}};async function Je(n,e){try{return await ee(n,e),""}catch(t){return await F(n,t)}}var Xe=["NONE","DENIED","UNDEFINED","ISO14443","ISO15693","EMAID","EVCCID","EVCOID","ISO7812","CARD_TXN_NR","CENTRAL","CENTRAL_1","CENTRAL_2","LOCAL","LOCAL_1","LOCAL_2","PHONE_NUMBER","KEY_CODE"],Ze=["NONE","HEARSAY","TRUSTED","VERIFIED","CERTIFIED","SECURE","MISMATCH","INVALID","OUTDATED","UNKNOWN"],Qe=40;function Y(n){return/^[\x20-\x7b\x7d\x7e]*$/.test(n)}var D=class extends y{static properties={localize:{attribute:!1},busy:{type:Boolean},error:{type:String},i:{state:!0},w:{state:!0}};static styles=[S,T,g`form{display:grid;gap:16px}.row{display:grid;grid-template-columns:repeat(auto-fit,minmax(160px,1fr));gap:16px}label{display:grid;gap:4px;color:var(--secondary-text-color, #5e5e5e);font-size:var(--ha-font-size-s, 12px)}label.check{display:flex;align-items:center;gap:12px;min-height:44px;color:var(--primary-text-color, #141414);font-size:var(--ha-font-size-m, 14px);cursor:pointer}dialog .error{margin:0;padding:12px;border-radius:var(--ha-border-radius-lg, 12px);background:var(--ha-color-fill-danger-normal-resting, #ffdedc);color:var(--ha-color-on-danger-normal, #b30532)}.wrong{color:var(--ha-color-on-danger-normal, #b30532);font-size:var(--ha-font-size-s, 12px)}`];constructor(){super(),this.busy=!1,this.error="",this.i=G,this.w=!1}get#e(){return this.renderRoot.querySelector("dialog")}async open(e){this.i=e,this.w=!1,await this.updateComplete,this.#e?.showModal()}close(){this.#e?.close()}shouldUpdate(){return this.localize!==void 0}render(){let e=this.localize;return d`
<dialog aria-labelledby="title" @cancel=${this.#o}>
<h2 id="title">${e("card.start.title")}</h2>
<p>${e("card.start.hint")}</p>
<form method="dialog" novalidate @submit=${this.#r}>
<div class="row">
${this.#t("identification_type","card.start.type","identification_type",Xe)}
${this.#t("identification_level","card.start.level","identification_level",Ze)}
</div>
${this.#n("identification_data","card.start.data",Qe)}
${this.#n("tariff_text","card.start.tariff")}
<label class="check">
<input
type="checkbox"
.checked=${this.i.keepIdentification}
@change=${t=>{let{checked:i}=t.target;this.i={...this.i,keepIdentification:i}}}
/>
${e("card.start.remember")}
</label>
${this.error?d`<p class="error" role="alert">${this.error}</p>`:c}
<div class="buttons">
<button
type="button"
?disabled=${this.busy}
@click=${()=>{this.close()}}
>
${e("card.action.cancel")}
</button>
<button class="start" type="submit" ?disabled=${this.busy}>
${e(this.busy?"card.state.starting":"card.start.submit")}
</button>
</div>
</form>
</dialog>
`}#t(e,t,i,r){let o=this.localize;return d`
<label
>${o(t)}
<select
name=${e}
@change=${a=>{this.#i(e,a.target.value)}}
>
<option value="" .selected=${this.i[e]===""}>
${o("card.start.from_options")}
</option>
${r.map(a=>d`
<option value=${a} .selected=${this.i[e]===a}>
${o(`${i}.${a.toLowerCase()}`)}
</option>
`)}
</select>
</label>
`}#n(e,t,i){let r=this.i[e],o=this.w&&!Y(r);return d`
<div>
<label
>${this.localize(t)}
<input
name=${e}
autocomplete="off"
autocapitalize="off"
spellcheck="false"
maxlength=${i??c}
aria-invalid=${o}
aria-describedby="${e}-wrong"
placeholder=${this.localize("card.start.from_options")}
.value=${r}
@input=${a=>{this.#i(e,a.target.value)}}
/>
</label>
<span class="wrong" id="${e}-wrong" role="alert"
>${o?this.localize("card.start.characters"):c}</span
>
</div>
`}#i(e,t){this.i={...this.i,[e]:t}}#o(e){this.busy&&e.preventDefault()}#r(e){e.preventDefault();let{identification_data:t,tariff_text:i}=this.i;this.w=!0,Y(t)&&Y(i)&&this.dispatchEvent(new CustomEvent("start-charge",{detail:this.i}))}};k("dmed4-power-trace",L);k("dmed4-start-dialog",D);k(C,A)&&(window.customCards??=[],window.customCards.push({type:C,name:"LOVATO DMED4 charge card",description:"A meter at a glance: live power, the charge and its signed record",preview:!0,documentationURL:"https://github.com/lovato-dmed4/lovato-dmed4-home-assistant",getEntitySuggestion:me}));
