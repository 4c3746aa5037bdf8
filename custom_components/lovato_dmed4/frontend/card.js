/* Built from frontend/ by its build.mjs. Lit: BSD-3-Clause, Google LLC. */
import{A as oe,B as C,a as g,b as s,c as j,d as c,e as y,f as u,g as J,h as H,i as X,j as Z,k as Q,l as k,m as P,n as ee,o as b,p as F,q as v,r as te,s as ie,t as S,u as z,v as re,w as ne,x as ae,y as _,z as V}from"./shared.js";var se=1e4,U=500,Ee=5e3,I=class{#e;#t;#i;#n=!1;#a=0;#r;#o=U;#s;constructor(e,t,i){this.#e=e,this.#t=t,this.#i=i}start(){this.#n||(this.#n=!0,this.#e.addEventListener("ready",this.#p),this.#e.addEventListener("disconnected",this.#h),this.#p())}stop(){this.#n&&(this.#n=!1,this.#e.removeEventListener("ready",this.#p),this.#e.removeEventListener("disconnected",this.#h),this.#c())}#p=()=>{this.#o=U,this.#m()};#h=()=>{this.#r=void 0,this.#c()};#m(){if(this.#c(),!this.#e.connected)return;let e=this.#a,t=()=>e===this.#a;this.#d(se),this.#e.subscribeMessage(i=>{t()&&this.#f(i)},{type:`${u}/live/subscribe`,device_id:this.#t},{resubscribe:!1}).then(i=>{t()?this.#r=i:this.#l(i)},i=>{t()&&this.#u(i?.code)})}#f(e){if("ended"in e){this.#m();return}this.#o=U,this.#d(se),"power"in e&&this.#i(e)}#u(e){clearTimeout(this.#s),e!=="unauthorized"&&(this.#d(this.#o),this.#o=Math.min(2*this.#o,Ee))}#d(e){clearTimeout(this.#s),this.#s=setTimeout(()=>{this.#m()},e)}#c(){clearTimeout(this.#s),this.#a+=1,this.#r&&this.#l(this.#r),this.#r=void 0}#l(e){e().catch(()=>{})}};var Re={B:"begin",E:"end",r:"end"};function K(a){let{readings:e,signature:t,pagination:i,record_url:r,archived:n}=a,o=e.at(-1),d=e[e.length/2],l=d?.transaction??o?.transaction??"",h=d?.time??o?.time;return{kind:Re[l]??"intermediate",time:h?new Date(h):null,energy:e.length===6?Te(e[0],d):null,signature:t,pagination:i??null,downloads:[["OCMF",r],...n?[["XML",r.replace(/ocmf\b/,"xml")]]:[]],identity:ke(a.record)}}function Te(a,e){if(!a?.value||!e?.value)return null;let t=Number(e.value)-Number(a.value),i={Wh:.001,kWh:1}[e.unit??""];return Number.isFinite(t)&&i?Number((t*i).toFixed(6)):null}function ke(a){try{let{IT:e,ID:t}=JSON.parse(a.split("|",2)[1]??"");return{type:de(e),data:de(t)}}catch{return{type:"",data:""}}}function de(a){return typeof a=="string"?a:""}var x="lovato-dmed4-charge-card",Se=["controls","record","display"],le={schema:[{name:"device_id",required:!0,selector:{device:{entity:{integration:u,domain:"sensor",device_class:"power"}}}},{name:"name",selector:{text:{}}},...Se.map(a=>({name:a,default:!0,selector:{boolean:{}}}))],computeLabel:({name:a},e)=>e(re(`card.editor.${a}`))};var W={identification_type:"",identification_level:"",identification_data:"",tariff_text:"",keepIdentification:!1},ce=a=>`${u}.start.${a}`;function pe(a){try{let t=JSON.parse(localStorage.getItem(ce(a))??"{}"),i=r=>typeof t[r]=="string"?t[r]:"";return{identification_type:i("identification_type"),identification_level:i("identification_level"),identification_data:i("identification_data"),tariff_text:i("tariff_text"),keepIdentification:t.keepIdentification===!0}}catch{return W}}function he(a,e){let t=e.keepIdentification?e:{...e,identification_data:""};try{localStorage.setItem(ce(a),JSON.stringify(t))}catch{}}var me=g`
:host {
display: block;
height: 100%;
container-type: inline-size;
--dmed4-padding: var(--ha-space-4, 16px);
}
ha-card {
display: flex;
flex-direction: column;
height: 100%;
overflow: hidden;
--dmed4-accent: var(--secondary-text-color, #727272);
--dmed4-tint: var(--ha-color-fill-neutral-normal-resting, #e6e6e6);
--dmed4-word: var(--secondary-text-color, #5e5e5e);
}
ha-card.primary {
--dmed4-accent: var(--primary-color, #009ac7);
--dmed4-tint: var(--ha-color-fill-primary-normal-resting, #dff3fc);
}
ha-card.success {
--dmed4-accent: var(--ha-color-on-success-quiet, #00883c);
--dmed4-tint: var(--ha-color-fill-success-normal-resting, #c2f2c1);
--dmed4-word: var(--ha-color-on-success-normal, #036730);
}
ha-card.warning {
--dmed4-accent: var(--ha-color-on-warning-quiet, #c94e00);
--dmed4-tint: var(--ha-color-fill-warning-normal-resting, #ffe0c8);
--dmed4-word: var(--ha-color-on-warning-normal, #9d3800);
}
ha-card.danger {
--dmed4-accent: var(--ha-color-on-danger-quiet, #dc3146);
--dmed4-tint: var(--ha-color-fill-danger-normal-resting, #ffdedc);
--dmed4-word: var(--ha-color-on-danger-normal, #b30532);
}
.header {
display: flex;
align-items: center;
gap: 12px;
padding: var(--dmed4-padding) var(--dmed4-padding) 0;
}
.badge {
display: grid;
flex: none;
place-items: center;
width: 44px;
height: 44px;
border-radius: 50%;
background: var(--dmed4-tint);
color: var(--dmed4-accent);
}
.header > div {
min-width: 0;
}
h2 {
margin: 0;
overflow: hidden;
font-size: var(--ha-font-size-l, 16px);
font-weight: var(--ha-font-weight-medium, 500);
line-height: 1.3;
text-overflow: ellipsis;
white-space: nowrap;
}
.state {
margin: 0;
overflow-wrap: anywhere;
color: var(--dmed4-word);
font-size: var(--ha-font-size-m, 14px);
line-height: 1.4;
}
.state b {
font-weight: var(--ha-font-weight-medium, 500);
}
.now {
display: flex;
flex-wrap: wrap;
align-items: baseline;
justify-content: space-between;
gap: 4px 24px;
padding: 12px var(--dmed4-padding) 0;
font-variant-numeric: tabular-nums;
}
.power {
margin: 0;
font-size: calc(1.3 * var(--ha-font-size-4xl, 32px));
line-height: 1.1;
letter-spacing: -0.02em;
}
.power small,
.figure small {
color: var(--secondary-text-color, #5e5e5e);
font-size: 0.55em;
letter-spacing: 0;
}
dl {
display: flex;
flex-wrap: wrap;
gap: 8px 24px;
margin: 0;
font-variant-numeric: tabular-nums;
}
dl > div {
display: flex;
flex-direction: column-reverse;
}
dt {
color: var(--secondary-text-color, #5e5e5e);
font-size: var(--ha-font-size-s, 12px);
line-height: 1.4;
}
dd {
margin: 0;
font-size: var(--ha-font-size-l, 16px);
line-height: 1.4;
}
.figure small {
font-size: var(--ha-font-size-s, 12px);
}
dmed4-power-trace {
flex: 1 0 88px;
height: 88px;
min-height: 88px;
margin-top: 8px;
}
.cycle {
padding: 12px var(--dmed4-padding) 0;
}
.commands {
display: flex;
flex-wrap: wrap;
gap: 8px;
padding: 16px var(--dmed4-padding) 0;
}
.commands > button {
flex: 1 1 130px;
padding: 0 12px;
}
section,
details,
.banner {
margin: 16px var(--dmed4-padding) 0;
}
section,
details {
padding-top: 12px;
border-top: 1px solid var(--divider-color, rgb(0 0 0 / 12%));
}
ha-card > :last-child {
margin-bottom: var(--dmed4-padding);
}
ha-card > details:last-child {
margin-bottom: 4px;
}
.banner {
display: flex;
flex-wrap: wrap;
align-items: center;
gap: 8px 12px;
padding: 12px;
border-radius: var(--ha-border-radius-lg, 12px);
background: var(--ha-color-fill-danger-normal-resting, #ffdedc);
color: var(--ha-color-on-danger-normal, #b30532);
line-height: 1.4;
}
.banner > div {
flex: 1 1 160px;
}
.banner ul {
margin: 4px 0 0;
padding-inline-start: 20px;
}
.banner button,
.banner button:hover:not([disabled]) {
background: var(--card-background-color, #fff);
color: inherit;
}
.record {
display: flex;
flex-wrap: wrap;
align-items: center;
gap: 12px;
}
.record > .facts {
flex: 1 1 140px;
min-width: 0;
}
h3 {
margin: 0;
color: var(--secondary-text-color, #5e5e5e);
font-size: var(--ha-font-size-s, 12px);
font-weight: normal;
line-height: 1.4;
}
.record p {
margin: 0;
line-height: 1.4;
overflow-wrap: anywhere;
}
.verdict {
flex: none;
color: var(--secondary-text-color, #5e5e5e);
}
.verdict.good {
color: var(--ha-color-on-success-normal, #036730);
}
.verdict.bad {
color: var(--ha-color-on-danger-normal, #b30532);
}
.quiet {
color: var(--secondary-text-color, #5e5e5e);
font-size: var(--ha-font-size-s, 12px);
}
.downloads {
display: flex;
flex: none;
flex-wrap: wrap;
gap: 8px;
}
.downloads button {
padding: 0 12px;
}
.downloads ha-icon {
--mdc-icon-size: 18px;
}
details {
padding-top: 0;
}
details[open] {
padding-bottom: 12px;
}
summary {
display: flex;
align-items: center;
gap: 8px;
min-height: 44px;
color: var(--secondary-text-color, #5e5e5e);
cursor: pointer;
}
summary ha-icon {
--mdc-icon-size: 20px;
}
summary::after {
width: 8px;
height: 8px;
margin-inline-start: auto;
margin-inline-end: 4px;
border: solid currentColor;
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
.display {
display: flex;
flex-wrap: wrap;
gap: 8px;
}
.display label {
flex: 2 1 180px;
}
.display > div {
display: flex;
flex: 1 1 140px;
gap: 8px;
}
.display button {
flex: 1;
}
.empty {
padding: var(--dmed4-padding);
color: var(--secondary-text-color, #5e5e5e);
}
ha-card.loading {
min-height: 220px;
}
@container (max-width: 280px) {
ha-card {
--dmed4-padding: 12px;
}
.power {
font-size: var(--ha-font-size-3xl, 28px);
}
.badge {
width: 36px;
height: 36px;
}
}
@container (min-width: 480px) {
.power {
font-size: calc(1.6 * var(--ha-font-size-4xl, 32px));
}
dmed4-power-trace {
flex-basis: 120px;
height: 120px;
}
dd {
font-size: var(--ha-font-size-xl, 20px);
}
}
@container (min-width: 700px) {
.commands > button {
flex: 0 1 240px;
}
dmed4-power-trace {
flex-basis: 160px;
height: 160px;
}
}
@media (prefers-reduced-motion: no-preference) {
.busy .badge {
animation: pulse 1.2s ease-in-out infinite alternate;
}
@keyframes pulse {
to {
opacity: 0.4;
}
}
}
`;var L=class{constructor(e,t){this.seconds=e;this.#t=e/t}seconds;#e=new Map;#t;add(e,t){let i=Math.floor(e/this.#t),r=this.#e.get(i);r?(r.min=Math.min(r.min,t),r.max=Math.max(r.max,t),r.last=t):(this.#e.set(i,{min:t,max:t,last:t}),this.#i(e))}fill(e,t,i){let r=Math.ceil(t/this.#t);for(let n=Math.floor(e/this.#t);n<r;n+=1)this.#e.has(n)||this.#e.set(n,{min:i,max:i,last:i})}clear(){this.#e.clear()}#i(e){let t=Math.floor((e-this.seconds)/this.#t)-1;for(let i of this.#e.keys())i<t&&this.#e.delete(i)}runs(e,t){let i=[],r=-1/0;for(let n of[...this.#e.keys()].sort((o,d)=>o-d)){let o=this.#e.get(n),d=Math.min((n+.5)*this.#t,e),l=1-(e-d)/this.seconds;!o||l<-this.#t/this.seconds||(d-r>t&&i.push([]),i.at(-1)?.push({x:l,...o}),r=d)}return i}};function fe(a){let[e,t]=[0,0];for(let{min:i,max:r}of a.flat())[e,t]=[Math.min(e,i),Math.max(t,r)];return{low:-ue(-e),high:Math.max(ue(t),e<0?0:1)}}var ze=[1,1.2,1.5,2,2.5,3,4,5,6,8,10];function ue(a){if(a<=0)return 0;let e=a*1.1,t=10**Math.floor(Math.log10(e));return(ze.find(r=>r*t>=e)??10)*t}var w=5,Ce=w*30,Ie=15,O=1e3,G=100,ge=10;function q(){return new L(w*60,Ce)}var A=class extends y{static properties={buffer:{attribute:!1},label:{type:String},locale:{attribute:!1}};#e=0;static styles=g`
:host {
display: block;
position: relative;
/* What moves here is laid out and painted by itself. */
contain: content;
color: var(--dmed4-accent, currentColor);
}
svg {
display: block;
/* Room for the head. */
width: calc(100% - 14px);
height: 100%;
}
.line {
fill: none;
stroke: currentColor;
stroke-width: 2;
stroke-linejoin: round;
stroke-linecap: round;
vector-effect: non-scaling-stroke;
}
.grid {
stroke: var(--divider-color, #e0e0e0);
stroke-width: 1;
opacity: 0.6;
vector-effect: non-scaling-stroke;
}
.grid.zero {
opacity: 1;
}
.head,
.scale {
position: absolute;
pointer-events: none;
}
.head {
right: 9px;
width: 10px;
height: 10px;
margin-top: -5px;
border-radius: 50%;
background: currentColor;
box-shadow: 0 0 0 5px color-mix(in srgb, currentColor 25%, transparent);
}
.scale {
top: 4px;
inset-inline-start: var(--dmed4-padding, 16px);
color: var(--secondary-text-color, #727272);
font-size: var(--ha-font-size-s, 12px);
line-height: 1.2;
}
`;constructor(){super(),this.label=""}draw(e){this.#e=e,this.requestUpdate()}shouldUpdate(){return this.#e>0}render(){let e=this.buffer.runs(this.#e,Ie),{low:t,high:i}=fe(e),r=l=>G*(i-l)/(i-t),n=e.map(l=>Le(l,r)),o=e.at(-1)?.at(-1),d=i<5?1:0;return s`
<svg
viewBox="0 0 ${O} ${G+ge}"
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
<path class="grid" d="M0 ${r((t+i)/2)}H${O}" />
<path class="grid zero" d="M0 ${r(0)}H${O}" />
${n.map(({line:l,first:h,last:p})=>j`
<path d="${l}L${p} ${r(0)}L${h} ${r(0)}Z" fill="url(#below)" />
<path class="line" d=${l} />`)}
</svg>
${this.locale&&e.some(l=>l.some(({min:h,max:p})=>h||p))?s`<span class="scale" aria-hidden="true"
>${v(i,d,this.locale)} kW</span
>`:""}
${o&&o.x>.98?s`<span
class="head"
style="top: ${100*r(o.last)/(G+ge)}%"
></span>`:""}
`}};function Le(a,e){let t="",[i,r]=["",""];for(let n of a){r=(n.x*O).toFixed(1),i||=r;let o=n.max-n.min>.05*Math.abs(n.max)?[n.min,n.max,n.last]:[n.last];for(let d of o)t+=`${t?"L":"M"}${r} ${e(d).toFixed(1)}`}return{line:t,first:i,last:r}}var ye=.005,Oe={unavailable:["neutral","mdi:lan-disconnect"],fault:["danger","mdi:alert"],ready:["primary","mdi:ev-station"],prepared:["primary","mdi:timer-sand"],charging:["success","mdi:lightning-bolt"],feeding_back:["primary","mdi:transmission-tower-import"],no_flow:["warning","mdi:pause"],after_power_failure:["warning","mdi:lightning-bolt-outline"],signing:["primary","mdi:file-sign"]},Ae=["board_1","board_2","fatal"];function be(a,e,t){let i=f=>k(a,e,f),r=i("sensor.measurement_status"),n=i("sensor.cycle_energy_imported"),o=ee(r),d=o&&r.state.startsWith("active"),l=o?t:void 0,h=l?.power??b(i("sensor.power")),p=i("sensor.signature_status")?.state??"",m=i("binary_sensor.problem"),R=i("binary_sensor.hardware"),T=o&&m?.state==="on",N=T||o&&R?.state==="on",B=o?N&&!d?"fault":De(r.state,p,h):"unavailable",[xe,we]=Oe[B];return{phase:B,tone:xe,icon:we,charging:d,power:h,voltage:l?.voltage??b(i("sensor.voltage")),current:l?.current??b(i("sensor.current")),energy:b(n),returned:b(i("sensor.cycle_energy_exported")),since:d?Me(r.last_changed,n?.attributes.last_reset):null,errors:N?[...F(m,"errors").map(f=>_(a,"binary_sensor.problem.state_attributes.errors",f)),...Ae.flatMap(f=>F(R,f).map($e=>_(a,`binary_sensor.hardware.state_attributes.${f}`,$e)))]:[],hasProblem:N,resettable:T,signature:p,recorded:i("event.record")?.state??""}}function De(a,e,t){return a==="active_after_power_failure"?"after_power_failure":a==="active"?t===null?"charging":t<-ye?"feeding_back":t>ye?"charging":"no_flow":e==="in_progress"?"signing":a==="idle"?"prepared":"ready"}function Me(a,e){let t=Date.parse(typeof e=="string"?e:a);return Number.isFinite(t)?t:null}var Ne=250,ve=1e4,He={valid:"good",invalid:"bad"},Pe={valid:"mdi:shield-check",invalid:"mdi:shield-alert"},D=class extends y{static properties={hass:{attribute:!1},preview:{type:Boolean},_config:{state:!0},_texts:{state:!0},_sample:{state:!0},_step:{state:!0},_error:{state:!0},_startError:{state:!0},_done:{state:!0},_record:{state:!0}};static styles=[S,z,me];#e=new Map;#t=q();#i;#n;#a=0;#r=0;#o=0;#s=!1;#p="";#h="";#m=matchMedia("(prefers-reduced-motion: reduce)");#f=new IntersectionObserver(e=>{this.#s=e.some(t=>t.isIntersecting),this.#d()});constructor(){super(),this.preview=!1,this._error="",this._startError=""}static getConfigForm(){return le}static getStubConfig(e){return{device_id:P(e)[0]??""}}setConfig(e){if(e.device_id!==void 0&&typeof e.device_id!="string")throw new Error("device_id has to be the ID of a device");e.device_id!==this._config?.device_id&&(this._sample=this._record=void 0,this.#h="",this.#r=0,this.#c(),this.#t=q()),this._config=e}getCardSize(){return 7}getGridOptions(){return{columns:12,min_columns:6,rows:"auto"}}connectedCallback(){super.connectedCallback(),document.addEventListener("visibilitychange",this.#d),this.#f.observe(this)}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener("visibilitychange",this.#d),this.#f.disconnect(),this.#s=!1,this.#c()}shouldUpdate(e){let t=e.get("hass");if(e.size>1||!e.has("hass")||!t||!this.hass)return!0;let{hass:i}=this;return t.entities!==i.entities||t.devices!==i.devices||t.locale!==i.locale||t.user!==i.user||t.connected!==i.connected||t.localize!==i.localize||[...this.#e.values()].some(r=>t.states[r]!==i.states[r])}willUpdate(e){let{hass:t}=this;if(!t||!(e.has("hass")||e.has("_config")))return;let i=e.get("hass");(e.has("_config")||i?.entities!==t.entities)&&(this.#e=Q(t,this._config?.device_id??"")),t.language!==this.#p&&(this.#p=t.language,ae(t)),i?.localize!==t.localize&&(this._texts=ne(t))}updated(){this.#d();let{hass:e,_config:t}=this;if(!e||!this._texts||!t?.device_id||this.preview||!e.user?.is_admin||t.record===!1||this._step||Date.now()-this.#r>ve)return;let{charging:i,signature:r,recorded:n}=this.#w(e);if(r==="in_progress")return;let o=[i,r,n].join();o!==this.#h&&(this.#h=o,this.#T(e,t.device_id))}get#u(){return this.renderRoot.querySelector("dmed4-power-trace")}#d=()=>{let{hass:e,_config:t}=this;if(!(this.#s&&document.visibilityState==="visible"&&!this.preview)||!e||!t?.device_id||!this.#e.has("sensor.power")){this.#c();return}this.#i||(this.#i=new I(e.connection,t.device_id,this.#$),this.#i.start(),this.#n=setInterval(this.#E,1e3),this.#R(e))};#c(){this.#i?.stop(),this.#i=void 0,clearInterval(this.#n)}get#l(){return Date.now()+this.#o}#$=e=>{let t=Date.now();this.#o=e.time*1e3-t,this.#r=t,e.power!==null&&this.#t.add(e.time,e.power),this.#m.matches||this.#u?.draw(e.time),!(t-this.#a<Ne)&&(this.#a=t,this._sample=e)};#E=()=>{this._sample&&Date.now()-this.#r>ve&&(this._sample=void 0),this.#u?.draw(this.#l/1e3),this.requestUpdate()};async#R(e){let t=this.#e.get("sensor.power")??"",i=this.#l/1e3-w*60,r=await oe(e,t,i);for(let{from:n,to:o,value:d}of r)this.#t.fill(Math.max(n,i),o??this.#l/1e3,d);this.#u?.draw(this.#l/1e3)}async#T(e,t){try{let i=await H(e,"get_last_record",{device_id:t});this._record=i?K(i):null}catch(i){i?.translation_key==="no_record"&&(this._record=null)}}async#_(e,t){let{hass:i}=this;if(!i||this._step)return"";this._step=e,this._error=this._startError="",this._done=void 0;try{return await t(i),""}catch(r){return await V(i,r)}finally{this._step=void 0}}async#g(e,t,i,r={}){return this.#_(e,async n=>{let o=this._config?.device_id,d=await H(n,t,{device_id:o,...r});d?.record&&(this._record=K(d)),this._done=i})}async#y(e){this._error=await e}get#x(){return this.renderRoot.querySelector("dmed4-start-dialog")}get#b(){return this.renderRoot.querySelector("dialog.confirm")}#k(){this._error=this._startError="",this._done=void 0,this.#x?.open(pe(this._config?.device_id??""))}async#S({detail:e}){let{keepIdentification:t,...i}=e;he(this._config?.device_id??"",{keepIdentification:t,...i});let r=Object.fromEntries(Object.entries(i).filter(([,n])=>n!==""));this._startError=await this.#g("starting","start_charge_cycle","card.done.started",r),this._startError||this.#x?.close()}#z(){this.#b?.close(),this.#y(this.#g("ending","end_charge_cycle","card.done.ended"))}#w(e){return be(e,this.#e,this._sample)}render(){let{hass:e,_config:t,_texts:i}=this;if(!e||!t||!i)return s`<ha-card class="loading" aria-busy="true"></ha-card>`;if(!this.#e.has("sensor.measurement_status")){let o=t.device_id?"card.missing.gone":"card.missing.none";return s`<ha-card><div class="empty">${i(o)}</div></ha-card>`}let r=this.#w(e),n=e.user?.is_admin===!0;return s`
<ha-card class="${r.tone} ${this._step?"busy":""}">
${this.#C(e,t,i,r)} ${this.#I(i,r,n)}
${this.#L(e,i,r)}
<dmed4-power-trace
.buffer=${this.#t}
.locale=${e.locale}
.label=${i("card.trace",{minutes:w})}
></dmed4-power-trace>
${this.#O(e,i,r)} ${this.#A(i)}
${n&&t.controls!==!1?this.#D(i,r):c}
${n&&t.record!==!1?this.#M(e,i):c}
${n&&t.display!==!1?this.#H(e,i,r):c}
</ha-card>
${n&&t.controls!==!1?this.#P(i):c}
`}#C(e,t,i,r){let n=i(`card.state.${this._step??r.phase}`),o=r.charging?this._record?.identity:void 0;return s`
<div class="header">
<div class="badge"><ha-icon icon=${r.icon}></ha-icon></div>
<div>
<h2>${t.name??J(e,t.device_id??"")}</h2>
<p class="state">
<b role="status">${n}</b>${o?.data?s`<span> · ${o.data}</span>`:c}
</p>
</div>
</div>
`}#I(e,t,i){return t.hasProblem?s`
<div class="banner" role="alert">
<ha-icon icon="mdi:alert-circle-outline"></ha-icon>
<div>
${t.errors.length?s`${e("card.problem.title")}
<ul>
${t.errors.map(r=>s`<li>${r}</li>`)}
</ul>`:e("card.problem.unnamed")}
</div>
${i&&t.resettable?s`<button
?disabled=${this.#v}
@click=${()=>{this.#y(this.#g("resetting","reset_errors","card.done.reset"))}}
>
${e("card.action.reset")}
</button>`:c}
</div>
`:c}#L(e,t,i){return s`
<div class="now">
<p class="power">
<span class="visually-hidden">${t("card.figure.power")}</span>
${$(e,i.power,2,"kW")}
</p>
<dl>
${E(t("card.figure.voltage"),$(e,i.voltage,1,"V"))}
${E(t("card.figure.current"),$(e,i.current,1,"A"))}
</dl>
</div>
`}#O(e,t,i){let r=i.since===null?null:(this.#l-i.since)/1e3;return!i.charging&&!i.energy&&!i.returned?c:s`
<dl class="cycle">
${E(t(i.charging?"card.figure.energy":"card.figure.last_energy"),$(e,i.energy,2,"kWh"))}
${i.returned?E(t("card.figure.returned"),$(e,i.returned,2,"kWh")):c}
${r===null?c:E(t("card.figure.duration"),s`${te(r)}`)}
</dl>
`}#A(e){return s`
<div class="visually-hidden" role="status">${this._done?e(this._done):c}</div>
${this._error?s`<div class="banner" role="alert">
<div>${this._error}</div>
<button
@click=${()=>{this._error=""}}
>
${e("card.action.close")}
</button>
</div>`:c}
`}get#v(){return this._step!==void 0||this.preview}#D(e,t){let i=this.#v||t.phase==="unavailable";return t.charging?s`
<div class="commands">
<button
?disabled=${i}
@click=${()=>{this.#y(this.#g("reading","read_charge_cycle","card.done.read"))}}
>
<ha-icon icon="mdi:file-sign"></ha-icon>${e("card.action.read")}
</button>
<button class="end" ?disabled=${i} @click=${()=>this.#b?.showModal()}>
<ha-icon icon="mdi:stop"></ha-icon>${e("card.action.end")}
</button>
</div>
`:s`
<div class="commands">
<button
class="start"
?disabled=${i||t.phase==="signing"}
@click=${()=>{this.#k()}}
>
<ha-icon icon="mdi:play"></ha-icon>${e("card.action.start")}
</button>
</div>
`}#M(e,t){let i=this._record;if(i===void 0)return c;if(i===null)return s`<section class="quiet">${t("card.record.none")}</section>`;let{signature:r,time:n,energy:o,pagination:d,identity:l}=i,h=[o===null||i.kind==="begin"?"":`${v(o,3,e.locale)} kWh`,n?ie(n,e):"",l.data].filter(Boolean);return s`
<section class="record" aria-labelledby="record">
<ha-icon
class="verdict ${He[r]??""}"
icon=${Pe[r]??"mdi:shield-off-outline"}
></ha-icon>
<div class="facts">
<h3 id="record">
${t(`card.record.${i.kind}`)}${d?s` · ${d}`:c}
</h3>
<p>${t(`card.verdict.${r}`)}</p>
<p class="quiet">${h.join(" · ")}</p>
</div>
<div class="downloads">
${i.downloads.map(([p,m])=>s`
<button
aria-label=${t("card.action.download",{format:p})}
title=${t("card.action.download",{format:p})}
?disabled=${this.preview}
@click=${()=>{this.#N(e,m)}}
>
<ha-icon icon="mdi:download"></ha-icon>${p}
</button>
`)}
</div>
</section>
`}async#N(e,t){try{await Z(e,t)}catch(i){this._error=await V(e,i)}}#H(e,t,i){let r=this.#e.get("switch.display"),n=this.#e.get("select.display_page"),o=k(e,this.#e,"select.display_page");if(!r||!n||!o)return c;let d=this.#v||i.phase==="unavailable",l=o.attributes.options,h=(p,m,R={})=>{this.#y(this.#_("sending",T=>X(T,p,m,R)))};return s`
<details>
<summary><ha-icon icon="mdi:monitor"></ha-icon>${t("card.display.title")}</summary>
<div class="display">
<label>
<span class="visually-hidden">${t("card.display.page")}</span>
<select
?disabled=${d}
@change=${p=>{let m=p.target.value;h("select_option",n,{option:m})}}
>
<option value="" disabled .selected=${!l?.includes(o.state)}>
${t("card.display.page")}
</option>
${l?.map(p=>s`
<option value=${p} .selected=${p===o.state}>
${_(e,"select.display_page",p)}
</option>
`)}
</select>
</label>
<div>
<button
?disabled=${d}
@click=${()=>{h("turn_on",r)}}
>
${t("card.display.on")}
</button>
<button
?disabled=${d}
@click=${()=>{h("turn_off",r)}}
>
${t("card.display.off")}
</button>
</div>
</div>
</details>
`}#P(e){return s`
<dmed4-start-dialog
.localize=${e}
.busy=${this._step==="starting"}
.error=${this._startError}
@start-charge=${t=>{this.#S(t)}}
></dmed4-start-dialog>
<dialog class="confirm" aria-labelledby="end-title">
<h2 id="end-title">${e("card.end.title")}</h2>
<p>${e("card.end.hint")}</p>
<div class="buttons">
<button
@click=${()=>{this.#b?.close()}}
>
${e("card.action.cancel")}
</button>
<button
class="end"
@click=${()=>{this.#z()}}
>
${e("card.action.end")}
</button>
</div>
</dialog>
`}};function $(a,e,t,i){return e===null?s`–`:s`${v(e,t,a.locale)} <small>${i}</small>`}function E(a,e){return s`<div>
<dt>${a}</dt>
<dd class="figure">${e}</dd>
</div>`}function _e(a,e){let t=a.entities[e];return t?.platform!==u||!t.device_id||!P(a).includes(t.device_id)?null:{config:{type:`custom:${x}`,device_id:t.device_id}}}var Fe=["NONE","DENIED","UNDEFINED","ISO14443","ISO15693","EMAID","EVCCID","EVCOID","ISO7812","CARD_TXN_NR","CENTRAL","CENTRAL_1","CENTRAL_2","LOCAL","LOCAL_1","LOCAL_2","PHONE_NUMBER","KEY_CODE"],Ve=["NONE","HEARSAY","TRUSTED","VERIFIED","CERTIFIED","SECURE","MISMATCH","INVALID","OUTDATED","UNKNOWN"],Ue=40;function Y(a){return/^[\x20-\x7b\x7d\x7e]*$/.test(a)}var M=class extends y{static properties={localize:{attribute:!1},busy:{type:Boolean},error:{type:String},_fields:{state:!0},_checked:{state:!0}};static styles=[S,z,g`
form {
display: grid;
gap: 16px;
}
.row {
display: grid;
grid-template-columns: repeat(auto-fit, minmax(160px, 1fr));
gap: 16px;
}
label {
display: grid;
gap: 4px;
color: var(--secondary-text-color, #5e5e5e);
font-size: var(--ha-font-size-s, 12px);
}
label.check {
display: flex;
align-items: center;
gap: 12px;
min-height: 44px;
color: var(--primary-text-color, #141414);
font-size: var(--ha-font-size-m, 14px);
cursor: pointer;
}
dialog .error {
margin: 0;
padding: 12px;
border-radius: var(--ha-border-radius-lg, 12px);
background: var(--ha-color-fill-danger-normal-resting, #ffdedc);
color: var(--ha-color-on-danger-normal, #b30532);
}
.wrong {
color: var(--ha-color-on-danger-normal, #b30532);
font-size: var(--ha-font-size-s, 12px);
}
`];constructor(){super(),this.busy=!1,this.error="",this._fields=W,this._checked=!1}get#e(){return this.renderRoot.querySelector("dialog")}async open(e){this._fields=e,this._checked=!1,await this.updateComplete,this.#e?.showModal()}close(){this.#e?.close()}shouldUpdate(){return this.localize!==void 0}render(){let e=this.localize;return s`
<dialog aria-labelledby="title" @cancel=${this.#a}>
<h2 id="title">${e("card.start.title")}</h2>
<p>${e("card.start.hint")}</p>
<form method="dialog" novalidate @submit=${this.#r}>
<div class="row">
${this.#t("identification_type","card.start.type","identification_type",Fe)}
${this.#t("identification_level","card.start.level","identification_level",Ve)}
</div>
${this.#i("identification_data","card.start.data",Ue)}
${this.#i("tariff_text","card.start.tariff")}
<label class="check">
<input
type="checkbox"
.checked=${this._fields.keepIdentification}
@change=${t=>{let{checked:i}=t.target;this._fields={...this._fields,keepIdentification:i}}}
/>
${e("card.start.remember")}
</label>
${this.error?s`<p class="error" role="alert">${this.error}</p>`:c}
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
`}#t(e,t,i,r){let n=this.localize;return s`
<label
>${n(t)}
<select
name=${e}
@change=${o=>{this.#n(e,o.target.value)}}
>
<option value="" .selected=${this._fields[e]===""}>
${n("card.start.from_options")}
</option>
${r.map(o=>s`
<option value=${o} .selected=${this._fields[e]===o}>
${n(`${i}.${o.toLowerCase()}`)}
</option>
`)}
</select>
</label>
`}#i(e,t,i){let r=this._fields[e],n=this._checked&&!Y(r);return s`
<div>
<label
>${this.localize(t)}
<input
name=${e}
autocomplete="off"
autocapitalize="off"
spellcheck="false"
maxlength=${i??c}
aria-invalid=${n}
aria-describedby="${e}-wrong"
placeholder=${this.localize("card.start.from_options")}
.value=${r}
@input=${o=>{this.#n(e,o.target.value)}}
/>
</label>
<span class="wrong" id="${e}-wrong" role="alert"
>${n?this.localize("card.start.characters"):c}</span
>
</div>
`}#n(e,t){this._fields={...this._fields,[e]:t}}#a(e){this.busy&&e.preventDefault()}#r(e){e.preventDefault();let{identification_data:t,tariff_text:i}=this._fields;this._checked=!0,Y(t)&&Y(i)&&this.dispatchEvent(new CustomEvent("start-charge",{detail:this._fields}))}};C("dmed4-power-trace",A);C("dmed4-start-dialog",M);C(x,D)&&(window.customCards??=[],window.customCards.push({type:x,name:"LOVATO DMED4 charge card",description:"A meter at a glance: live power, the charge and its signed record",preview:!0,documentationURL:"https://github.com/lovato-dmed4/lovato-dmed4-home-assistant",getEntitySuggestion:_e}));
